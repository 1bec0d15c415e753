import type { ObjectIndex, Objects } from './object-index.ts';

/** What an answer was computed from: it holds as long as all of that is the same. */
export interface Trace {
  readonly frame: unknown;
  readonly reads: ReadonlyMap<string, Objects>;
}

/** Notes what is looked up in an index. */
export class Tracer {
  private readonly frame: unknown;
  private readonly index: ObjectIndex;
  private reads: Map<string, Objects> | undefined;

  constructor(frame: unknown, index: ObjectIndex) {
    this.frame = frame;
    this.index = index;
  }

  /** What is filed under a key. */
  get(key: string): Objects {
    const list = this.index.get(key);
    this.reads?.set(key, list);
    return list;
  }

  /** Runs a computation and notes what it asked. */
  trace<Result>(run: () => Result): { readonly result: Result; readonly trace: Trace } {
    const outer = this.reads;
    const reads = (this.reads = new Map<string, Objects>());
    try {
      return { result: run(), trace: { frame: this.frame, reads } };
    } finally {
      this.reads = outer;
      if (outer) for (const [key, list] of reads) outer.set(key, list);
    }
  }

  /** Whether a computation would be given the same answers here. */
  holds({ frame, reads }: Trace): boolean {
    if (frame !== this.frame) return false;
    for (const [key, list] of reads) if (this.index.get(key) !== list) return false;
    return true;
  }

  /** Notes for whoever is tracing that an answer found to hold was used. */
  repeat({ reads }: Trace): void {
    if (this.reads) for (const [key, list] of reads) this.reads.set(key, list);
  }
}
