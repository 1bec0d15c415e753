/**
 * Text that cannot steer the terminal it is shown in: control characters and those that turn the direction of writing
 * become visible marks. Texts of manifests reach reports, and a manifest may come from anyone.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns of a terminal that a text fills: East Asian characters fill two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += /\p{M}|\u200d/u.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return width;
}

/** Text filled with spaces up to a width of columns. */
export const padTo = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - displayWidth(text)));
