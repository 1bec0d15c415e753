/** Reads a whole list in pages, compressed: what a watch starts from where WatchList is not to be had. */
import { isMap } from './kubeconfig-fields.ts';
import { httpProblem } from './problem.ts';
import { ApiError, type Transport } from './transport.ts';

/** Objects of a page: small enough to parse without a long pause, large enough for few round trips. */
export const pageSize = 500;

export interface ListResult<Item> {
  readonly items: readonly { readonly uid: string; readonly item: Item }[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
  /** The server's clock, epoch ms, where it sent one. */
  readonly date?: number;
}

/**
 * Lists everything under `path`. Each page is projected before the next is read, so that memory holds one raw page.
 * @throws ApiError with status 410 when the list outlived its continue token: the caller starts again
 */
export async function listAll<Item>(
  transport: Transport,
  path: string,
  options: {
    readonly query: URLSearchParams;
    readonly signal: AbortSignal;
    readonly project: (raw: unknown) => Item | undefined;
  },
): Promise<ListResult<Item>> {
  const items: { readonly uid: string; readonly item: Item }[] = [];
  let next = '';
  let date: number | undefined;
  for (;;) {
    const query = new URLSearchParams(options.query);
    query.set('limit', String(pageSize));
    if (next !== '') query.set('continue', next);
    const answer = await transport.json(`${path}?${query.toString()}`, { signal: options.signal, gzip: true });
    date = answer.date;
    const page = isMap(answer.body) ? answer.body : {};
    const metadata = isMap(page['metadata']) ? page['metadata'] : {};
    const rows = page['items'];
    const resourceVersion = metadata['resourceVersion'];
    // A proxy's login page, or a body that is JSON and no list.
    if (typeof resourceVersion !== 'string' || (rows !== null && !Array.isArray(rows))) {
      const status = { status: 200, statusReason: '', causes: [] };
      throw new ApiError(httpProblem(status, transport.place).detail, status);
    }
    for (const raw of rows ?? []) {
      const item = options.project(raw);
      if (item !== undefined) items.push({ uid: uidOf(raw), item });
    }
    next = typeof metadata['continue'] === 'string' ? metadata['continue'] : '';
    if (next === '') return { items, resourceVersion, ...(date === undefined ? {} : { date }) };
  }
}

/** `metadata.uid` of an API object; its name where a server gives none. */
export function uidOf(raw: unknown): string {
  const metadata = isMap(raw) && isMap(raw['metadata']) ? raw['metadata'] : {};
  const { uid, namespace, name } = metadata;
  return typeof uid === 'string' ? uid : JSON.stringify([namespace, name]);
}
