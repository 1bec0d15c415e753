import { clusterRights, namespaceRights, rightsNeeded } from '../../core/src/live/rights.ts';

const head = (text: string): string => `# ${text}\n# Generated from core/src/live/kinds.ts.\n`;

/** Manifests of the roles and the page about them, by their path. */
export function rightsFiles(): Readonly<Record<string, string>> {
  return {
    'docs/rights/cluster.yaml': `${head('What Selfheal reads of a whole cluster. Read-only; no Secrets, no logs, no exec.')}${clusterRights()}`,
    'docs/rights/namespace.yaml': `${head('What Selfheal reads of one namespace: kubectl apply --namespace NAME -f namespace.yaml')}${namespaceRights()}`,
    'docs/rights/README.md': page(),
  };
}

function page(): string {
  const rows = rightsNeeded.map(({ plural, group, verbs, namespaced, namespace, why }) => {
    const scope = namespace ?? (namespaced ? 'namespace' : 'cluster');
    return [`\`${group === '' ? plural : `${plural}.${group}`}\``, verbs.join(', '), scope, why];
  });
  const header = ['resource', 'verbs', 'scope', 'what is learnt from it'];
  const widths = header.map((title, index) =>
    Math.max(...[header, ...rows].map((row) => (row[index] ?? title).length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const table = [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
  return `# Rights

Selfheal reads, and never writes. It never asks for Secrets, logs, \`exec\` or \`nodes/proxy\`.

- [\`cluster.yaml\`](cluster.yaml): a ClusterRole for everything, and a Role for the leases of nodes.
- [\`namespace.yaml\`](namespace.yaml): a Role for one namespace. Nodes, volumes and what else belongs to no namespace stay hidden.

\`\`\`sh
kubectl apply -f cluster.yaml
kubectl create clusterrolebinding selfheal-viewer-jane --clusterrole=selfheal-viewer --user=jane
kubectl create rolebinding selfheal-viewer-jane --namespace=kube-node-lease --role=selfheal-viewer --user=jane
\`\`\`

Every right may be missing: the picture then says what it does not show. \`selfheal rights\`, or the command
"Selfheal: Show Missing Rights", asks the API server which of them you lack and prints the manifests that grant them to
you. It asks with SelfSubjectAccessReview and SelfSubjectReview, which every user may create: a POST that stores and changes
nothing, sent only when you ask for it. Everything else that Selfheal sends is a GET.

${table}
`;
}
