/** Findings, fixes and suppressions as the editor's own API delivers them. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { actionsAt, findingOf, findings, goneFrom, open, revert, ruleOf } from './documents.ts';
import { until } from './until.ts';

const job = 'job-restart-policy-invalid';

describe('lint', () => {
  let document: vscode.TextDocument;

  afterEach(async () => {
    await revert(document);
  });

  it('says what is wrong, where, and by which rule', async () => {
    document = await open('report.yaml');
    const found = await findingOf(document, job);
    assert.match(document.getText(found.range), /Always|restartPolicy/);
    assert.ok(found.message.length > 20, found.message);
    assert.equal(ruleOf(found), job);
  });

  it('offers a quick fix that makes the finding go', async () => {
    document = await open('report.yaml');
    const found = await findingOf(document, job);
    const actions = await actionsAt(document, found.range, vscode.CodeActionKind.QuickFix);
    const fix = actions.find((each) => each.isPreferred);
    assert.ok(fix?.edit, `a preferred fix among: ${actions.map((each) => each.title).join(' | ')}`);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /restartPolicy: OnFailure/);
    await goneFrom(document, job);
  });

  it('fixes all that has one right answer, and nothing else', async () => {
    document = await open('web.yaml');
    await findingOf(document, 'restart-policy-not-always');
    await findingOf(document, 'liveness-same-as-readiness');
    await findingOf(document, 'memory-limit-missing');
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const actions = await actionsAt(document, whole, vscode.CodeActionKind.SourceFixAll.append('selfheal'));
    assert.equal(actions.length, 1);
    assert.ok(actions[0]?.edit);
    assert.ok(await vscode.workspace.applyEdit(actions[0].edit));
    await goneFrom(document, 'restart-policy-not-always');
    await goneFrom(document, 'liveness-same-as-readiness');
    assert.ok(findings(document).some((each) => ruleOf(each) === 'memory-limit-missing'));
    assert.doesNotMatch(document.getText(), /limits/);
  });

  it('stays silent where a comment gives a reason', async () => {
    document = await open('report.yaml');
    const found = await findingOf(document, job);
    const edit = new vscode.WorkspaceEdit();
    const { line } = found.range.start;
    const indent = ' '.repeat(document.lineAt(line).firstNonWhitespaceCharacterIndex);
    const comment = `${indent}# selfheal-ignore ${job} -- the cluster rewrites it\n`;
    edit.insert(document.uri, new vscode.Position(line, 0), comment);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await goneFrom(document, job);
  });

  it('keeps the findings of healthy documents beside a broken one', async () => {
    document = await open('report.yaml');
    await findingOf(document, job);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(
      document.uri,
      new vscode.Position(document.lineCount, 0),
      '---\napiVersion: v1\nkind: [Service\nmetadata: {\n',
    );
    assert.ok(await vscode.workspace.applyEdit(edit));
    const broken = document.lineCount - 6;
    await until('the syntax finding', () => findings(document).some((each) => each.range.start.line >= broken));
    assert.equal(findings(document).filter((each) => each.range.start.line >= broken).length, 1);
    assert.ok(findings(document).some((each) => ruleOf(each) === job));
  });
});
