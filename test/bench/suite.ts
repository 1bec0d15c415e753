/** What every suite gets, and what it gives. */
import { fileURLToPath } from 'node:url';
import type { Row } from './table.ts';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a suite works with. */
export interface Bench {
  /** One round over little: shows that everything runs, not how fast. */
  readonly quick: boolean;
  readonly rounds: number;
  /** Folder for what the bench writes; removed at its end. */
  readonly scratch: string;
  /** The production bundles, and those of the floors. */
  readonly bundles: string;
  /** Folder with a Kubernetes schema and a corpus beside the checkout; absent on a bare clone. */
  readonly shared: string | undefined;
  /** Whether yaml-language-server runs too. */
  readonly peer: boolean;
  /** Says something that a reader of the table needs to know. */
  note(text: string): void;
}

/** Measures one side of the product; gives rows in the order they are shown. */
export type Suite = (bench: Bench) => Promise<readonly Row[]>;
