import type { Connection, ServerCapabilities } from 'vscode-languageserver';
import { CompletionItemKind, MarkupKind } from 'vscode-languageserver';
import type { Suggestions } from '../../../core/src/features/configuration-assist.ts';
import {
  completeConfiguration,
  completeSuppression,
  describeRule,
} from '../../../core/src/features/configuration-assist.ts';
import { firstConfiguration } from '../../../core/src/features/first-configuration.ts';
import { method } from '../../../core/src/protocol.ts';
import { rules } from '../../../core/src/rules/registry.ts';
import { canonical } from '../files.ts';
import { configName } from '../folder.ts';
import { toRange } from '../lsp.ts';
import type { Session } from '../session.ts';

/** Completion and hover of rule ids and of selfheal.yaml, and the text of a first one. */
export function registerAssist(connection: Connection, session: Session): ServerCapabilities {
  const isConfig = (uri: string): boolean => uri.endsWith(`/${configName}`);

  connection.onCompletion(({ textDocument, position }) => {
    const uri = canonical(textDocument.uri);
    const text = session.textOf(uri);
    if (text === undefined) return null;
    const index = session.indexOf(uri);
    const offset = index.offset(position);
    const found: Suggestions | undefined = isConfig(uri)
      ? completeConfiguration(text, offset, rules)
      : completeSuppression(text, offset, rules);
    return (
      found?.items.map(({ label, detail, documentation, insert, kind }) => ({
        label,
        kind: kind === 'key' ? CompletionItemKind.Property : CompletionItemKind.EnumMember,
        ...(detail && { detail }),
        ...(documentation && { documentation }),
        textEdit: { range: toRange(index, found.replaces), newText: insert },
      })) ?? null
    );
  });

  connection.onHover(({ textDocument, position }) => {
    const uri = canonical(textDocument.uri);
    const text = session.textOf(uri);
    if (text === undefined) return null;
    const index = session.indexOf(uri);
    const line = text.split(/\r?\n/, position.line + 1)[position.line] ?? '';
    if (!isConfig(uri) && !line.includes('selfheal-ignore')) return null;
    const found = describeRule(text, index.offset(position), rules);
    return found
      ? { range: toRange(index, found.range), contents: { kind: MarkupKind.Markdown, value: found.markdown } }
      : null;
  });

  connection.onRequest(method.firstConfiguration, () =>
    firstConfiguration(
      session.project,
      [...session.project.files.keys()].flatMap((uri) => session.findings(uri)),
    ),
  );

  return { completionProvider: { triggerCharacters: [' ', ','] }, hoverProvider: true };
}
