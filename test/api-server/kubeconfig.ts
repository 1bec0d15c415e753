/** Writes kubeconfig files that point at the loopback server. */
import { stringify } from 'yaml';
import type { Identity } from './certificates.ts';

export interface KubeconfigParts {
  readonly server: string;
  /** PEM; absent for plain http. */
  readonly ca?: string | undefined;
  readonly context: string;
  readonly namespace?: string | undefined;
  readonly user: { readonly name: string; readonly token?: string; readonly certificate?: Identity };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with one cluster, one user and one context, which is current. */
export function kubeconfigText(parts: KubeconfigParts): string {
  const { user } = parts;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: parts.context,
        cluster: {
          server: parts.server,
          ...(parts.ca === undefined ? {} : { 'certificate-authority-data': base64(parts.ca) }),
        },
      },
    ],
    users: [
      {
        name: user.name,
        user: {
          ...(user.token === undefined ? {} : { token: user.token }),
          ...(user.certificate === undefined
            ? {}
            : {
                'client-certificate-data': base64(user.certificate.cert),
                'client-key-data': base64(user.certificate.key),
              }),
        },
      },
    ],
    contexts: [
      {
        name: parts.context,
        context: {
          cluster: parts.context,
          user: user.name,
          ...(parts.namespace === undefined ? {} : { namespace: parts.namespace }),
        },
      },
    ],
    'current-context': parts.context,
  });
}
