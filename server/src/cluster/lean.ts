/** Parses API objects without what nobody asks for. */

const managedFields = Buffer.from('"managedFields":[');

/**
 * Parses an object without its managed fields, a third of what a server sends and nothing that is needed. They hold no
 * lists (FieldsV1), so they end at the first bracket; should that be one within a text, what is left is no JSON, and
 * the whole is parsed. @throws SyntaxError
 */
export function parseLean(bytes: Buffer): unknown {
  const start = bytes.indexOf(managedFields);
  const end = start === -1 ? -1 : bytes.indexOf(0x5d, start + managedFields.length);
  if (end === -1) return JSON.parse(bytes.toString());
  try {
    return JSON.parse(bytes.toString('utf8', 0, start + managedFields.length) + bytes.toString('utf8', end));
  } catch {
    return JSON.parse(bytes.toString());
  }
}
