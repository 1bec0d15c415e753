/** Plain data that a fix writes; a string made by `tabStop` becomes a place to fill in. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** A tab stop as it stands in text: its number, and the proposed text in hexadecimal. */
export const stopMark = /SELFHEAL(\d+)STOP([0-9a-f]*)END/g;

/** A place the user fills in: number of the tab stop, and the text proposed there. */
export function tabStop(index: number, text: string | number): string {
  const hex = Array.from(String(text), (char) => (char.codePointAt(0) ?? 32).toString(16).padStart(6, '0')).join('');
  return `SELFHEAL${index}STOP${hex}END`;
}

/** The proposed text of a tab stop. */
export const decodeStop = (hex: string): string =>
  (hex.match(/.{6}/g) ?? []).map((code) => String.fromCodePoint(Number.parseInt(code, 16))).join('');

/** Text with its tab stops as the proposed text (for clients without snippets). */
export const withoutStops = (text: string): string => text.replace(stopMark, (_, __, hex: string) => decodeStop(hex));

/** Text as an LSP snippet. */
export const asSnippet = (text: string): string =>
  text
    .split(/(SELFHEAL\d+STOP[0-9a-f]*END)/)
    .map((part) => {
      const stop = /^SELFHEAL(\d+)STOP([0-9a-f]*)END$/.exec(part);
      if (!stop) return part.replace(/[\\$}]/g, String.raw`\$&`);
      return `\${${stop[1]}:${decodeStop(stop[2] ?? '').replace(/[\\$}]/g, String.raw`\$&`)}}`;
    })
    .join('');
