import { classOf, commonProvisioner, isNodeLocal } from '../kube/storage.ts';
import type { Value } from '../yaml/value.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';

/** Name of the class that a claim or claim template asks for; undefined where none is named or it cannot be told. */
export const className = (claim: Value): string | undefined => classOf(claim).text();

/** The class of that name that the workspace declares. */
export const classNamed = (name: string, around: Surroundings): Located | undefined =>
  around.clusterWide('storage.k8s.io/StorageClass').find(({ resource }) => resource.name === name);

/** Provisioner behind a claim or claim template, by its class: as declared here, else as every cluster has it. */
export function provisionerOf(claim: Value, around: Surroundings): string | undefined {
  const name = className(claim);
  if (name === undefined || name === '') return undefined;
  const declared = classNamed(name, around);
  return declared ? declared.resource.value.at('provisioner').text() : commonProvisioner(name);
}

/** Whether a claim's volume stays on one node, or may do so as far as template text hides its class. */
export function mayBeNodeLocal(claim: Value, around: Surroundings): boolean {
  const name = classOf(claim);
  if (name.missing) return false;
  const declared = classNamed(name.text() ?? '', around);
  const hidden =
    name.templated || (declared ? declared.resource.value.at('provisioner').templated : hidesClasses(around));
  return hidden || isNodeLocal(provisionerOf(claim, around) ?? '');
}

/** Whether template text hides the name of a class, so that it may be any. */
export const hidesClasses = (around: Surroundings): boolean =>
  around.clusterWide('storage.k8s.io/StorageClass').some(({ resource }) => resource.name === undefined);

/** Workloads of a claim's namespace whose pods mount it. */
export function usersOf(claim: Located, around: Surroundings): Located[] {
  const { name } = claim.resource;
  if (name === undefined) return [];
  return around.workloads(claim, 'workspace').filter(({ resource }) =>
    resource.pod?.spec
      .at('volumes')
      .items()
      .some((volume) => volume.at('persistentVolumeClaim', 'claimName').text() === name),
  );
}
