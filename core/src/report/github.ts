import type { Severity } from '../lint/rule.ts';
import type { FileReport } from './report.ts';

const commands: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  hint: 'notice',
};

/** Report as workflow commands of GitHub Actions, one a line, which it shows beside the lines of a pull request. */
export function github(files: readonly FileReport[]): string {
  return files
    .flatMap(({ path, findings }) =>
      findings.map(({ severity, line, endLine, column, endColumn, rule, text }) => {
        // Columns of an annotation over several lines are refused.
        const columns = line === endLine ? { col: column, endColumn } : {};
        const properties = Object.entries({ file: path, line, endLine, ...columns, title: rule });
        return `::${commands[severity]} ${properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',')}::${escapeData(text)}\n`;
      }),
    )
    .join('');
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
