/** A Kubernetes minor version such as 1.36. */
export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
}

/** Version that is assumed where none is configured. */
export const defaultVersion: KubernetesVersion = { major: 1, minor: 36 };

/** Reads `1.36`, `v1.36` or `1.36.2`; undefined for anything else. */
export function readVersion(text: string): KubernetesVersion | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.\d+)?$/.exec(text);
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

/** Whether a version is at least another, given as `1.34`. */
export function atLeast(version: KubernetesVersion, wanted: `${number}.${number}`): boolean {
  const other = readVersion(wanted);
  if (!other) return false;
  return version.major > other.major || (version.major === other.major && version.minor >= other.minor);
}
