/** Forms of names, as apimachinery's validation wants them (k8s.io/apimachinery/pkg/util/validation). */

/** Lowercase RFC 1123 label: names of Services, of port names of Services, of containers. */
export const isDnsLabel = (text: string): boolean =>
  text.length <= 63 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(text);

/** Lowercase RFC 1123 subdomain: names of most objects. */
export const isDnsSubdomain = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(text);

/** Service name of RFC 6335: names of container ports, and what a targetPort may call them. */
export const isPortName = (text: string): boolean =>
  text.length <= 15 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && /[a-z]/.test(text);

/** A port name as near to a text as it may be; undefined where nothing is left of it. */
export function repairPortName(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 15)
    .replace(/^-+|-+$/g, '');
  return isPortName(name) ? name : undefined;
}

export const isPortNumber = (number: number): boolean => Number.isInteger(number) && number >= 1 && number <= 65_535;
