/**
 * Splits a byte stream into lines. A watch stream is one JSON object a line, cut by the network anywhere, also inside
 * a character: the search is for the newline byte in buffers, and a line is handed on when it is whole.
 */

/** Longest line accepted, in bytes: etcd refuses objects over 1.5 MB, so a longer line is no watch event. */
export const maxLineBytes = 16 * 1024 * 1024;

/** Takes chunks, gives lines. */
export interface LineSplitter {
  /** Feeds a chunk; calls back with every line that it completes, without the newline. Empty lines are left out. */
  push(chunk: Buffer): void;
  /** Bytes of the unfinished line. */
  readonly pending: number;
}

/** Creates a splitter; a line is valid until its callback returns. @throws RangeError from `push` when a line grows over `limit` bytes */
export function createLineSplitter(onLine: (line: Buffer) => void, limit = maxLineBytes): LineSplitter {
  let parts: Buffer[] = [];
  let pending = 0;
  const emit = (last: Buffer): void => {
    const line = parts.length === 0 ? last : Buffer.concat([...parts, last]);
    parts = [];
    pending = 0;
    if (line.length > 0) onLine(line);
  };
  return {
    push(chunk) {
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(0x0a, start);
        if (end === -1) break;
        emit(chunk.subarray(start, end));
        start = end + 1;
      }
      if (start === chunk.length) return;
      const rest = chunk.subarray(start);
      parts.push(rest);
      pending += rest.length;
      if (pending > limit) throw new RangeError(`line longer than ${limit} bytes`);
    },
    get pending() {
      return pending;
    },
  };
}
