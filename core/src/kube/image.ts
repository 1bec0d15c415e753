/** An image reference in its parts, as container runtimes read it. */
export interface ImageReference {
  /** Registry and path, e.g. `registry.example/shop/web`. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Splits an image reference; a colon before the last slash belongs to the registry's port. */
export function readImage(text: string): ImageReference {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  if (colon < 0 || colon < rest.lastIndexOf('/')) return { name: rest, tag: undefined, digest };
  return { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

/** Whether a reference may give other code tomorrow: no digest, and no tag or the tag `latest`. */
export const isMutable = ({ tag, digest }: ImageReference): boolean =>
  digest === undefined && (tag === undefined || tag === '' || tag === 'latest');

/** Last part of an image's name, which says what it is: `keycloak` of `quay.io/keycloak/keycloak:26.4`. */
export function imageName(text: string | undefined): string | undefined {
  const name = text === undefined ? undefined : readImage(text).name;
  return name?.slice(name.lastIndexOf('/') + 1);
}
