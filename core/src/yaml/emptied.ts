import type { Path, Value } from './value.ts';

/**
 * The path to remove so that no empty map or list is left: that of the outermost parent below a value that holds nothing
 * but what is to go.
 * @param within value whose own path the path begins with; it stays
 */
export function withEmptied(within: Value, path: Path): Path {
  let rest = path.slice(within.path.length);
  for (;;) {
    const parent = rest.slice(0, -1);
    const value = within.at(...parent);
    if (parent.length === 0 || value.open || value.entries().length + value.items().length > 1)
      return [...within.path, ...rest];
    rest = parent;
  }
}
