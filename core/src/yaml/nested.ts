import type { Operation } from './edit.ts';
import type { Plain } from './plain.ts';
import type { Value } from './value.ts';

/** Values by key, as deep as needed. */
export interface Tree {
  readonly [key: string]: Plain | Tree;
}

/**
 * Operations that write a tree of values at a place and leave what stands beside them. Parents that are missing are
 * written once, with all that goes into them.
 */
export function setTree(at: Value, tree: Tree): Operation[] {
  if (!at.isMap || at.entries().length === 0) return [{ op: 'set', path: at.path, value: tree as Plain }];
  return Object.entries(tree).flatMap(([key, value]): Operation[] => {
    const child = at.at(key);
    const deeper = typeof value === 'object' && value !== null && !Array.isArray(value);
    return deeper ? setTree(child, value as Tree) : [{ op: 'set', path: child.path, value: value as Plain }];
  });
}
