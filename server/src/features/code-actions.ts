import type {
  ClientCapabilities,
  CodeAction,
  Connection,
  Diagnostic,
  Range,
  ServerCapabilities,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { CodeActionKind } from 'vscode-languageserver';
import type { Finding } from '../../../core/src/lint/findings.ts';
import { safeEdits } from '../../../core/src/lint/fixes.ts';
import { rewriteSuppressions } from '../../../core/src/features/rewrite-suppressions.ts';
import { rules } from '../../../core/src/rules/registry.ts';
import { format } from '../../../core/src/messages.ts';
import { lineBreak, lineStart } from '../../../core/src/text/text.ts';
import { lower } from '../../../core/src/yaml/edit.ts';
import { parseDocument } from '../../../core/src/yaml/parse.ts';
import { canonical } from '../files.ts';
import { findingRange, source, toDiagnostic, toRange, toTextEdits } from '../lsp.ts';
import type { Session } from '../session.ts';
import { editSupport, prepareFix } from './fix-actions.ts';
import { fixAllTitle, fixFile } from './fix-workspace.ts';
import { text as uiText } from '../ui-text.ts';

/** Kind of the action that applies every safe fix of a file; runs on save where the user asks for it. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.selfheal`;

/** Kind of the action that rewrites other linters' suppressions into ours. */
const rewriteKind = `${CodeActionKind.RefactorRewrite}.selfheal`;

/** Quick fixes, "fix all of this rule", suppressions and configuration. */
export function registerCodeActions(
  connection: Connection,
  session: Session,
  client: ClientCapabilities,
): ServerCapabilities {
  const support = editSupport(client);
  const creates = client.workspace?.workspaceEdit?.resourceOperations?.includes('create') === true;

  connection.onCodeAction(({ textDocument, range, context }) => {
    const uri = canonical(textDocument.uri);
    const only = context.only;
    const wants = (kind: string): boolean =>
      !only || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));
    const actions: CodeAction[] = [];
    if (only && wants(fixAllKind)) actions.push(...fixAllActions(session, uri));
    if (wants(rewriteKind)) actions.push(...rewriteActions(session, uri));
    if (!wants(CodeActionKind.QuickFix)) return actions;
    for (const finding of session.findings(uri)) {
      const diagnostic = toDiagnostic(session, uri, finding);
      if (!touches(diagnostic.range, range)) continue;
      // The editor's own copy of the diagnostic ties the action to the squiggle.
      const given = context.diagnostics.find(
        (other) => other.source === source && other.code === finding.rule && same(other.range, diagnostic.range),
      );
      actions.push(...actionsFor(finding, given ?? diagnostic, uri));
    }
    return actions;
  });

  function actionsFor(finding: Finding, diagnostic: Diagnostic, uri: string): CodeAction[] {
    const kind = CodeActionKind.QuickFix;
    const diagnostics = [diagnostic];
    const fixes = finding.fixes.flatMap((fix) => prepareFix(session, uri, finding, fix, support) ?? []);
    const actions = fixes.map(({ title, edit, fix }, index): CodeAction => ({
      title,
      kind,
      diagnostics,
      edit,
      ...(index === 0 && fix.class === 'safe' && { isPreferred: true }),
    }));
    const all = safeEdits(session.findings(uri), ({ rule }) => rule === finding.rule);
    if (all.length > 0 && fixes.some(({ fix }) => fix.class === 'safe')) {
      const title = format(uiText(session, 'action.fix-rule'), { rule: finding.rule });
      actions.push({ title, kind, diagnostics, edit: { changes: { [uri]: toTextEdits(session.indexOf(uri), all) } } });
    }
    if (finding.rule === 'suppression-unused' || finding.rule === 'suppression-unknown') return actions;
    if (['yaml-syntax', 'configuration', 'rendered'].includes(finding.rule)) return actions;
    actions.push({
      title: format(uiText(session, 'action.suppress'), { rule: finding.rule }),
      kind,
      diagnostics,
      edit: suppression(session, uri, finding),
    });
    const off = ruleOff(session, uri, finding.rule, creates);
    if (off)
      actions.push({
        title: format(uiText(session, 'action.rule-off'), { rule: finding.rule }),
        kind,
        diagnostics,
        edit: off,
      });
    return actions;
  }

  return { codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind, rewriteKind] } };
}

function fixAllActions(session: Session, uri: string): CodeAction[] {
  const fixed = fixFile(session, uri);
  if (!fixed) return [];
  const changes = { [uri]: toTextEdits(session.indexOf(uri), [fixed.edit]) };
  return [{ title: fixAllTitle(session, fixed.rollouts), kind: fixAllKind, edit: { changes } }];
}

function rewriteActions(session: Session, uri: string): CodeAction[] {
  const file = session.project.files.get(uri);
  const edits = file ? rewriteSuppressions(file, rules) : [];
  if (edits.length === 0) return [];
  return [
    {
      title: uiText(session, 'action.rewrite-suppressions'),
      kind: rewriteKind,
      edit: { changes: { [uri]: toTextEdits(session.indexOf(uri), edits) } },
    },
  ];
}

/** A suppression comment above the finding's line, with a reason to fill in. */
function suppression(session: Session, uri: string, finding: Finding): WorkspaceEdit {
  const text = session.textOf(uri) ?? '';
  const at = lineStart(text, findingRange(finding).start);
  const indent = /^[ \t]*/.exec(text.slice(at))?.[0] ?? '';
  const line = `${indent}# selfheal-ignore ${finding.rule} -- ${uiText(session, 'action.reason')}${lineBreak(text)}`;
  const range = toRange(session.indexOf(uri), { start: at, end: at });
  return { changes: { [uri]: [{ range, newText: line }] } };
}

/** Turns a rule off in the folder's selfheal.yaml, which is created where the client can create files. */
function ruleOff(session: Session, uri: string, rule: string, creates: boolean): WorkspaceEdit | undefined {
  const { configUri, configText, uri: folder } = session.folderOf(uri);
  if (folder === '') return undefined;
  if (configText === undefined) {
    if (!creates) return undefined;
    const start = { line: 0, character: 0 };
    const edits = [{ range: { start, end: start }, newText: `rules:\n  ${rule}: off\n` }];
    return {
      documentChanges: [
        { kind: 'create', uri: configUri, options: { ignoreIfExists: true } },
        { textDocument: { uri: configUri, version: null }, edits },
      ],
    };
  }
  const { root, problem } = parseDocument(configText);
  if (!root || problem) return undefined;
  const edits = lower(configText, root, [{ op: 'set', path: ['rules', rule], value: 'off' }]);
  return edits && { changes: { [configUri]: toTextEdits(session.indexOf(configUri), edits) } };
}

const touches = (a: Range, b: Range): boolean => before(a.start, b.end) && before(b.start, a.end);
const before = (a: Range['start'], b: Range['start']): boolean =>
  a.line < b.line || (a.line === b.line && a.character <= b.character);
const same = (a: Range, b: Range): boolean => a.start.line === b.start.line && a.start.character === b.start.character;
