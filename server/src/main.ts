#!/usr/bin/env node
/** The language server as a process: `--stdio`, `--node-ipc`, `--socket=PORT` or `--pipe=NAME`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { createClusterHost } from './cluster/host.ts';
import { liveTextsFor, templatesFor } from './locale.ts';
import { serve } from './server.ts';

if (!process.argv.some((argument) => /^--(?:stdio|node-ipc|socket|pipe)\b/.test(argument))) {
  process.stderr.write(
    'selfheal-language-server speaks LSP: start it with --stdio (or --node-ipc, --socket=PORT, --pipe=NAME).\n',
  );
  process.exit(2);
}

// The pages are copied beside the bundle, so that they open without a network.
const pages = join(import.meta.dirname, 'docs', 'rules');
const hasPages = existsSync(pages);

serve(createConnection(ProposedFeatures.all), {
  pageOf: (rule) => (hasPages ? pathToFileURL(join(pages, `${rule}.md`)).href : undefined),
  templates: templatesFor,
  liveTexts: liveTextsFor,
  openCluster: (log) => (onUpdate) =>
    createClusterHost({ workerPath: join(import.meta.dirname, 'cluster.cjs'), onUpdate, log }),
});
