#!/usr/bin/env node
/** The language server as a process: `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`. */
import { join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { createClusterHost } from './cluster/host.ts';
import { liveTextsFor, templatesFor } from './locale.ts';
import { serve } from './server.ts';

if (!process.argv.some((argument) => /^--(?:stdio|node-ipc|socket|pipe)\b/.test(argument))) {
  process.stderr.write('selfheal-language-server speaks LSP: start it with --stdio (or --node-ipc, --socket=PORT, --pipe=NAME).\n');
  process.exit(2);
}

serve(createConnection(ProposedFeatures.all), {
  templates: templatesFor,
  liveTexts: liveTextsFor,
  openCluster: (log) => (onUpdate) => createClusterHost({ workerPath: join(import.meta.dirname, 'cluster.cjs'), onUpdate, log }),
});
