/** One check of another linter on one manifest. */
export interface ParityCase {
  /** The check's own name. */
  readonly check: string;
  readonly title: string;
  readonly text: string;
  /** Reports of the other linter, read from its own test suite or its source. */
  readonly theirs: number;
  /** Ours, where they differ on purpose, and why. */
  readonly differs?: { readonly ours: number; readonly because: string };
}

/** A case where both count the same. */
export const same = (check: string, title: string, text: string, theirs: number): ParityCase => ({
  check,
  title,
  text,
  theirs,
});

/** A case where ours differs, and the reason a user should know. */
export const differs = (
  check: string,
  title: string,
  text: string,
  [theirs, ours]: readonly [number, number],
  because: string,
): ParityCase => ({ check, title, text, theirs, differs: { ours, because } });
