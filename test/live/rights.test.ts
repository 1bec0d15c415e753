/** The roles grant what the watchers ask for and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { liveKinds } from '../../core/src/live/kinds.ts';
import { clusterRights, namespaceRights, rightsMessages, subjectOf } from '../../core/src/live/rights.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly { apiGroups: string[]; resources: string[]; verbs: string[] }[];
  readonly subjects?: readonly object[];
}
const read = (yaml: string): Manifest[] => parseAllDocuments(yaml).map((document) => document.toJS() as Manifest);
const granted = (manifests: readonly Manifest[]): string[] =>
  manifests.flatMap(({ rules = [] }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => `${apiGroups.join()}/${resource} ${verb}`)),
    ),
  );

describe('roles', () => {
  it('cover every kind that is read, once, with the verbs of how it is read', () => {
    const wanted = liveKinds.flatMap(({ group, resource, plural = resource, read: how }) =>
      (how === 'watch' ? ['list', 'watch'] : how === 'poll' ? ['list'] : ['get']).map(
        (verb) => `${group}/${plural} ${verb}`,
      ),
    );
    expect(granted(read(clusterRights())).sort()).toEqual(wanted.sort());
  });

  it('grant nothing that writes, and no Secrets', () => {
    for (const right of [...granted(read(clusterRights())), ...granted(read(namespaceRights()))]) {
      expect(right).toMatch(/ (?:get|list|watch)$/);
      expect(right).not.toMatch(/secrets|\*|\/log|exec|proxy/);
    }
  });

  it('of one namespace grant nothing outside of it', () => {
    const manifests = read(namespaceRights('shop', subjectOf('jane')));
    expect(manifests.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ['Role', 'shop'],
      ['RoleBinding', 'shop'],
    ]);
    const outside = liveKinds.filter(({ namespaced }) => !namespaced).map(({ resource, plural = resource }) => plural);
    const inside = new Set(
      liveKinds.flatMap(({ namespaced, resource, plural = resource }) => (namespaced ? [plural] : [])),
    );
    const resources = manifests.flatMap(({ rules = [] }) => rules.flatMap((rule) => rule.resources));
    expect(resources.filter((resource) => outside.includes(resource) && !inside.has(resource))).toEqual([]);
  });

  it.each(["o'brien@example.org", 'system:node:a', 'a: b # c', 'x\ny: z'])('name the user %j as it is', (user) => {
    const [, , binding] = read(clusterRights(subjectOf(user)));
    expect(binding?.subjects).toEqual([
      { kind: 'User', name: user.replace(/\s+/g, ' '), apiGroup: 'rbac.authorization.k8s.io' },
    ]);
    expect(binding?.metadata.name).toMatch(/^[a-z0-9.-]+$/);
  });

  it('name a service account by its namespace', () => {
    expect(subjectOf('system:serviceaccount:tools:watcher')).toEqual({
      kind: 'ServiceAccount',
      namespace: 'tools',
      name: 'watcher',
    });
  });

  it('say in both languages what is missing without them', () => {
    const path = join(import.meta.dirname, '../../l10n/rights.zh-cn.json');
    const chinese = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(rightsMessages).sort());
    for (const text of Object.values(chinese)) expect(text).toMatch(/\p{Script=Han}/u);
  });
});
