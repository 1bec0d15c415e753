/** The cheap test that decides whether anything is loaded or started for a YAML file. */

/** Characters that are looked at: a manifest says what it is near its top, and long files cost nothing more. */
const enough = 100_000;

/** Files that belong to a set of manifests without being one. */
const names = /(?:^|[\\/])(?:selfheal\.ya?ml|kustomization\.ya?ml|Chart\.yaml)$/i;

const yamlApiVersion = /^(?:- )?["']?apiVersion["']?\s*:/m;
const yamlKind = /^(?:- |  )?["']?kind["']?\s*:/m;
const jsonApiVersion = /\{\s*"apiVersion"\s*:/;
const jsonKind = /"kind"\s*:/;

/** Whether a text is a Kubernetes manifest, by its content, or a file that says how manifests are treated, by its name. */
export function isManifest(path: string, text: string): boolean {
  if (names.test(path)) return true;
  const head = text.length > enough ? text.slice(0, enough) : text;
  if (!head.includes('apiVersion')) return false;
  return (yamlApiVersion.test(head) && yamlKind.test(head)) || (jsonApiVersion.test(head) && jsonKind.test(head));
}
