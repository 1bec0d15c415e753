import { expect, test } from 'vitest';
import { rules } from '../../core/src/rules/registry.ts';
import { lintFiles } from '../rules/harness.ts';

const service = (name: string) => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
  selector: { app: nginx }
  ports: [{ port: 80 }]
`;

const workload = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: nginx } }
  template:
    metadata: { labels: { app: nginx } }
    spec:
      containers:
        - name: web
          image: registry.example/web:1.4.2
          ports: [{ containerPort: 80 }]
`;

test.each(['readiness-probe-missing', 'single-replica'])('%s names the Service beside the pods', (id) => {
  const only = rules.filter((rule) => rule.id === id);
  const files = new Map([
    ['a/service.yaml', service('of-another-example')],
    ['b/service.yaml', service('beside')],
    ['b/web.yaml', workload],
  ]);
  expect(lintFiles(files, only).get('b/web.yaml')).toMatchObject([{ message: 'served', data: { service: 'beside' } }]);
});
