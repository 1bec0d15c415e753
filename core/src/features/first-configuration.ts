import { groupOf } from '../kube/kinds.ts';
import type { Finding } from '../lint/findings.ts';
import type { Project } from '../workspace/project.ts';

/**
 * A first selfheal.yaml for a workspace: what it needs to know about these manifests, and the rules that fire most,
 * left on but named, so that a person can decide about each.
 * @param findings of all files under the recommended rules
 */
export function firstConfiguration(project: Project, findings: readonly Finding[]): string {
  const lines = [
    '# Read by the editor and by `selfheal lint` alike.',
    'extends: recommended',
    'kubernetes: "1.36"',
    '',
  ];
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const most = [...counts].filter(([rule]) => !/^(?:yaml-syntax|suppression-|configuration)/.test(rule));
  most.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (most.length > 0) {
    lines.push('# What is found here now; uncomment to change a level (error, warning, info, hint, off).', '# rules:');
    for (const [rule, count] of most) lines.push(`#   ${rule}: off # ${count} found`);
    lines.push('');
  }
  const classes = storageClasses(project);
  if (classes.length > 0) lines.push('known:', `  storageClasses: [${classes.join(', ')}] # named by claims here`, '');
  const custom = customKinds(project);
  if (custom.length > 0)
    lines.push('# These make pods; uncomment to have them judged like Deployments.', '# podTemplates:', ...custom, '');
  return lines.join('\n');
}

/** Entries for the custom resources of the workspace that have a pod template. */
function customKinds(project: Project): string[] {
  const entries = new Set<string>();
  for (const { documents } of project.files.values())
    for (const { custom, apiVersion, kind, value } of documents.flatMap(({ manifest }) => manifest.resources)) {
      if (!custom) continue;
      const { group } = groupOf(apiVersion);
      const replicas = value.at('spec', 'replicas').number() === undefined ? '' : ', replicas: spec.replicas';
      entries.add(`#   - { group: ${group}, kind: ${kind}, template: spec.template${replicas} }`);
    }
  return [...entries].sort();
}

/** Storage classes that claims name and no manifest of the workspace defines. */
function storageClasses(project: Project): string[] {
  const named = new Set<string>();
  const defined = new Set<string>();
  for (const { documents } of project.files.values()) {
    for (const resource of documents.flatMap(({ manifest }) => manifest.resources)) {
      if (resource.groupKind === 'storage.k8s.io/StorageClass' && resource.name !== undefined)
        defined.add(resource.name);
      const claims =
        resource.groupKind === '/PersistentVolumeClaim'
          ? [resource.value]
          : resource.value.at('spec', 'volumeClaimTemplates').items();
      for (const claim of claims) named.add(claim.at('spec', 'storageClassName').text() ?? '');
    }
  }
  return [...named].filter((name) => name !== '' && !defined.has(name)).sort();
}
