import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { writeFixes } from '../../cli/src/fix.ts';
import { createShell } from '../../cli/src/shell.ts';
import { writeWhole } from '../../cli/src/write.ts';
import { Project } from '../../core/src/workspace/project.ts';
import { bad, good, makePipe, useCli } from './harness.ts';

const cli = useCli();

describe('--fix', () => {
  test('keeps the mode, leaves nothing behind and says how many files it changed', () => {
    cli.write({ 'a.yaml': bad, 'b.yaml': good });
    chmodSync(join(cli.folder, 'a.yaml'), 0o640);
    expect(cli.run(['lint', '--fix'])).toMatchObject({ code: 0, err: 'Fixed 1 file.\n' });
    expect(statSync(join(cli.folder, 'a.yaml')).mode & 0o777).toBe(0o640);
    expect(readdirSync(cli.folder)).toEqual(['a.yaml', 'b.yaml']);
  });

  test('writes through a link', () => {
    cli.write({ 'real/a.yml': bad });
    symlinkSync('real/a.yml', join(cli.folder, 'link.yaml'));
    cli.run(['lint', '--fix', 'link.yaml']);
    expect(lstatSync(join(cli.folder, 'link.yaml')).isSymbolicLink()).toBe(true);
    expect(cli.read('real/a.yml')).toBe(good);
  });

  test('keeps line breaks, byte order mark and the rest of a file', () => {
    const text = `\uFEFF# first\r\n${bad.replaceAll('\n', '\r\n')}---\r\n# last, without a line break`;
    cli.write({ 'a.yaml': text });
    cli.run(['lint', '--fix']);
    expect(cli.read('a.yaml')).toBe(text.replace('OnFailure', 'Always'));
  });

  test('never writes over what someone else wrote meanwhile', () => {
    cli.write({ 'a.yaml': 'changed: true\n' });
    const uri = pathToFileURL(join(cli.folder, 'a.yaml')).href;
    const told: string[] = [];
    const shell = { ...createShell(process), cwd: cli.folder, error: (text: string) => void told.push(text) };
    expect(writeFixes(Project.from([[uri, good]]), new Map([[uri, bad]]), shell)).toEqual({
      written: 0,
      complete: false,
    });
    expect(cli.read('a.yaml')).toBe('changed: true\n');
    expect(told.join('')).toMatch(/^a\.yaml .*meanwhile|^a\.yaml 在此期间/);
  });

  test('reports what it could not repair', () => {
    cli.write({
      'a.yaml': bad,
      'b.yaml': bad.replace('name: agent, image', 'name').replace('OnFailure', '[OnFailure'),
    });
    const { code, out } = cli.run(['lint', '--fix']);
    expect(code).toBe(1);
    expect(out).toContain('yaml-syntax');
    expect(out).not.toContain('restart-policy-not-always');
  });
});

describe('--diff', () => {
  test('prints what --fix would write, writes nothing, and ends with 1', () => {
    cli.write({ 'k8s/a.yaml': bad, 'b.yaml': good });
    const { code, out } = cli.run(['lint', '--diff']);
    expect(code).toBe(1);
    expect(cli.read('k8s/a.yaml')).toBe(bad);
    writeFileSync(join(cli.folder, 'patch'), out);
    execFileSync('git', ['apply', 'patch'], {
      cwd: cli.folder,
      env: { ...process.env, GIT_CEILING_DIRECTORIES: cli.folder },
    });
    expect(cli.read('k8s/a.yaml')).toBe(good);
  });

  test('prints nothing and ends with 0 where nothing can be repaired', () => {
    cli.write({ 'a.yaml': good });
    expect(cli.run(['lint', '--diff'])).toEqual({ code: 0, out: '', err: '' });
  });
});

test('what is no file is written to, never replaced', async ({ skip }) => {
  const pipe = join(cli.folder, 'pipe');
  if (!makePipe(pipe)) skip('this system has no named pipes');
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'ignore'] });
  writeWhole(pipe, 'the report');
  expect(await readAll(reader.stdout)).toBe('the report');
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

test('a file that cannot be replaced stays whole', () => {
  cli.write({ 'folder/inside': '' });
  expect(() => writeWhole(join(cli.folder, 'folder'), 'text')).toThrow();
  expect(() => writeWhole(join(cli.folder, 'nowhere/a'), 'text')).toThrow();
  expect(readdirSync(cli.folder)).toEqual(['folder']);
});
