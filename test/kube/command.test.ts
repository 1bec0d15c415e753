import { describe, expect, it } from 'vitest';
import {
  callsOf,
  isLocalHost,
  programsOf,
  programWords,
  shellCommands,
  shellScript,
} from '../../core/src/kube/command.ts';

describe('the script a shell is given', () => {
  it.each([
    [['sh', '-c', 'a; b'], 'a; b'],
    [['/bin/bash', '-ec', 'a'], 'a'],
    [['bash', '-o', 'pipefail', '-c', 'a'], 'a'],
    [['timeout', '5', 'sh', '-c', 'a'], 'a'],
    [['env', 'A=b', 'sh', '-c', 'a'], 'a'],
    [['ionice', '-c', '2', 'sh', '-c', 'a'], 'a'],
    [['sh', 'start.sh'], undefined],
    [['sh', 'start.sh', '-c', 'a'], undefined],
    [['sh', '-c'], undefined],
    [['python', '-c', 'print()'], undefined],
    [[], undefined],
  ])('%j is %j', (words, script) => expect(shellScript(words)).toBe(script));
});

describe('simple commands', () => {
  it.each([
    ['a b; c', ['a b ;', 'c ']],
    ['a && b || c', ['a &&', 'b ||', 'c ']],
    ['a | b & c', ['a |', 'b &', 'c ']],
    ['a\nb\n', ['a ;', 'b ;']],
    ['a \\\n  b', ['a b ']],
    ['a # b; c\nd', ['a ;', 'd ']],
    ['echo "a; b" \'c && d\'', ['echo a; b c && d ']],
    ['echo "say \\"x\\""', ['echo say "x" ']],
    ['echo $(date; id) `a|b` ${x:-;}', ['echo $(date; id) `a|b` ${x:-;} ']],
    ['a > /dev/null 2>&1 && b', ['a > /dev/null 2>&1 &&', 'b ']],
    ['case x in y) a;; esac', ['case x in y) a ;', 'esac ']],
    ['echo "open', ['echo "open ']],
    ['', []],
  ])('%j', (script, expected) => {
    expect(shellCommands(script).map(({ words, next }) => `${words.join(' ')} ${next}`)).toEqual(expected);
  });

  it('know where they stand', () => {
    const script = 'mkdir x;  /app --port 1 & wait';
    expect(shellCommands(script).map(({ start, end }) => script.slice(start, end))).toEqual([
      'mkdir x',
      '/app --port 1',
      'wait',
    ]);
  });
});

describe('programs', () => {
  it.each([
    [
      ['exec', 'A=b', 'app', '-x'],
      ['app', '-x'],
    ],
    [['if', '!', 'check'], ['check']],
    [['timeout', '-k', '5', 'app'], ['app']],
    [
      ['timeout', '5', 'app', 'x'],
      ['app', 'x'],
    ],
    [['fi'], ['fi']],
    [['do'], []],
  ])('%j starts %j', (words, program) => expect(programWords(words)).toEqual(program));

  it('of a script are all of its commands', () => {
    expect(programsOf(['sh', '-c', 'until nc -z db 5432; do sleep 1; done'])).toEqual([
      ['nc', '-z', 'db', '5432'],
      ['sleep', '1'],
      ['done'],
    ]);
  });
});

describe('hosts that clients ask', () => {
  it.each([
    [['curl', '-f', 'http://localhost:8080/x'], 'localhost'],
    [['curl', 'localhost:8080'], 'localhost'],
    [['curl', '--max-time', '3', 'https://user:secret@api.example/x?y'], 'api.example'],
    [['curl', 'http://[::1]:80/'], '[::1]'],
    [['curl', '-o', '/dev/null'], undefined],
    [['wget', '-qO-', 'http://${HOST}:80'], '${HOST}'],
    [['wget', 'http://$(POD_IP):80/'], '$(POD_IP)'],
    [['nc', '-z', 'db', '5432'], 'db'],
    [['nc', '-z', '-w', '2', 'db', '5432'], 'db'],
    [['nc', '-l', '8080'], undefined],
    [['pg_isready', '-h', 'db', '-p', '5432'], 'db'],
    [['pg_isready', '--host=db'], 'db'],
    [['psql', 'postgresql://shop@db.example/shop'], 'db.example'],
    [['mysqladmin', '-hdb', 'ping'], 'db'],
    [['mysqladmin', 'ping'], undefined],
    [['redis-cli', '-p', '6379', 'ping'], undefined],
    [['mongosh', '--host', 'db'], 'db'],
    [['sh', '-c', 'test -f /x && curl http://a/'], 'a'],
  ])('%j: %j', (words, host) => expect(callsOf(words).map((call) => call.host)).toEqual([host]));

  it('no client, no call', () => expect(callsOf(['cat', 'http://a/'])).toEqual([]));

  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1', '[::1]', '0.0.0.0'])('%s is local', (host) =>
    expect(isLocalHost(host)).toBe(true),
  );
  it.each(['localhost.example', '128.0.0.1', 'db', ''])('%j is not', (host) => expect(isLocalHost(host)).toBe(false));
});
