/** Reads a whole list in pages, compressed: what a watch starts from where WatchList is not to be had. */
import { isMap } from './kubeconfig-fields.ts';
import { httpProblem } from './problem.ts';
import { ApiError, type Transport } from './transport.ts';

/** Objects of a page: what kubectl asks for; the server holds a page in memory, we one object. */
export const pageSize = 500;

export interface ListResult<Item> {
  readonly items: readonly { readonly uid: string; readonly item: Item }[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

/**
 * Lists everything under `path`. Each object is projected as it arrives, so that memory holds one raw object.
 * @throws ApiError with status 410 when the list outlived its continue token: the caller starts again
 */
export async function listAll<Item>(
  transport: Transport,
  path: string,
  options: {
    readonly query: URLSearchParams;
    readonly signal: AbortSignal;
    readonly project: (raw: unknown) => Item | undefined;
    /** Lists of this API carry no version: nothing can be watched from them. */
    readonly unversioned?: boolean;
  },
): Promise<ListResult<Item>> {
  const items: { readonly uid: string; readonly item: Item }[] = [];
  const take = (raw: unknown): void => {
    const item = options.project(raw);
    if (item !== undefined) items.push({ uid: uidOf(raw), item });
  };
  let next = '';
  for (;;) {
    const query = new URLSearchParams(options.query);
    query.set('limit', String(pageSize));
    if (next !== '') query.set('continue', next);
    const page = await transport.list(`${path}?${query.toString()}`, { signal: options.signal, onItem: take });
    const metadata = isMap(page) && isMap(page['metadata']) ? page['metadata'] : {};
    const rows = isMap(page) ? page['items'] : undefined;
    // What is polled has no versions.
    const resourceVersion = metadata['resourceVersion'] ?? (options.unversioned === true ? '' : undefined);
    // A proxy's login page, or a body that is JSON and no list.
    if (typeof resourceVersion !== 'string' || (rows !== null && !Array.isArray(rows))) {
      const status = { status: 200, statusReason: '', causes: [] };
      throw new ApiError(httpProblem(status, transport.place).detail, status);
    }
    next = typeof metadata['continue'] === 'string' ? metadata['continue'] : '';
    if (next === '') return { items, resourceVersion };
  }
}

/** `metadata.uid` of an API object; its name where a server gives none. */
export function uidOf(raw: unknown): string {
  const metadata = isMap(raw) && isMap(raw['metadata']) ? raw['metadata'] : {};
  const { uid, namespace, name } = metadata;
  return typeof uid === 'string' ? uid : JSON.stringify([namespace, name]);
}
