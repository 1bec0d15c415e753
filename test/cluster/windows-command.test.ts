import { expect, test } from 'vitest';
import { windowsLaunch } from '../../server/src/cluster/windows-command.ts';

const env = { Path: 'C:\\Windows;"C:\\Program Files\\az"', PATHEXT: '.COM;.EXE;.BAT;.CMD', ComSpec: 'C:\\cmd.exe' };
const files = [
  'C:\\Windows\\aws.exe',
  'C:\\Program Files\\az\\az.cmd',
  'C:\\Program Files\\az\\both.exe',
  'C:\\Program Files\\az\\both.cmd',
  'C:\\tools\\login.bat',
  'C:\\tools\\login.sh',
];
const launch = (command: string, args: readonly string[] = []): ReturnType<typeof windowsLaunch> =>
  windowsLaunch(command, args, env, (path) => files.includes(path));

test.each([
  ['aws', 'C:\\Windows\\aws.exe'],
  ['aws.exe', 'C:\\Windows\\aws.exe'],
  ['both', 'C:\\Program Files\\az\\both.exe'],
  ['C:\\Windows\\aws', 'C:\\Windows\\aws.exe'],
  // Not there: what fails to start is what the kubeconfig names.
  ['missing', 'missing'],
])('a program is started as it is: %s', (command, path) => {
  const args = ['a b', '%PATH%'];
  expect(launch(command, args)).toEqual({ command: path, args, verbatim: false });
});

test('a batch file is started by the command interpreter', () => {
  expect(launch('az', ['account', 'get-access-token'])).toEqual({
    command: 'C:\\cmd.exe',
    args: ['/d', '/s', '/c', '"C:\\Program^ Files\\az\\az.cmd ^"account^" ^"get-access-token^""'],
    verbatim: true,
  });
  expect(launch('C:\\tools\\login').args.at(-1)).toBe('"C:\\tools\\login.bat"');
});

test.each([
  ['&calc', '^"^&calc^"'],
  ['a "b" c\\', '^"a^ \\^"b\\^"^ c\\\\^"'],
  ['%PATH%', '^"^%PATH^%^"'],
  ['', '^"^"'],
])('no argument is a command: %j', (argument, quoted) => {
  expect(launch('az', [argument]).args.at(-1)).toBe(`"C:\\Program^ Files\\az\\az.cmd ${quoted}"`);
});

test('an argument with a line break ends where it would be cut', () => {
  expect(() => launch('az', ['a\r\ncalc'])).toThrow('line break');
  expect(launch('aws', ['a\nb']).verbatim).toBe(false);
});
