/** Manifests as people write them, made up from a seed: the same text on every machine. */

/** Random numbers below 1 that depend on the seed only (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One application: what all of its documents agree on. */
interface App {
  readonly name: string;
  readonly team: string;
  readonly port: number;
  readonly replicas: number;
  /** Whether something happens that does so with this probability. */
  chance(probability: number): boolean;
}

const purposes = ['cart', 'checkout', 'catalog', 'payment', 'search', 'mail', 'invoice', 'stock', 'review', 'session'];
const layers = ['api', 'web', 'worker', 'gateway'];

function appOf(index: number, seed: number): App {
  const random = randomFrom(seed * 100_003 + index);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  return {
    name: `${pick(purposes)}-${pick(layers)}-${index}`,
    team: `team-${index % 10}`,
    port: 8000 + Math.floor(random() * 1000),
    replicas: 1 + Math.floor(random() * 4),
    chance: (probability) => random() < probability,
  };
}

/** Lines of text behind a number of blanks; empty where a condition does not hold. */
const lines = (when: boolean, indent: number, ...texts: readonly string[]): string =>
  when ? texts.map((text) => `${' '.repeat(indent)}${text}\n`).join('') : '';

const metadata = (app: App, name: string): string => `metadata:
  name: ${name}
  namespace: ${app.team}
  labels:
    app.kubernetes.io/name: ${app.name}
    app.kubernetes.io/part-of: shop
    app.kubernetes.io/managed-by: kubectl
`;

const httpGet = (path: string, period: number): string[] => [
  '  httpGet:',
  `    path: ${path}`,
  '    port: http',
  `  periodSeconds: ${period}`,
  '  failureThreshold: 3',
  '  timeoutSeconds: 2',
];

/** The first application of a set has every probe, so that there is a line to type in. */
function podTemplate(app: App, complete: boolean): string {
  return `  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${app.name}
        app.kubernetes.io/part-of: shop
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "${app.port}"
    spec:
      serviceAccountName: ${app.name}
      terminationGracePeriodSeconds: 45
      containers:
        # Serves requests; the sidecar ships its log.
        - name: server
          image: registry.example.com/shop/${app.name}:1.${app.port % 40}.${app.replicas}
          imagePullPolicy: IfNotPresent
          args: ["--port", "${app.port}", "--log-level=info"]
          ports:
            - name: http
              containerPort: ${app.port}
              protocol: TCP
            - name: metrics
              containerPort: 9090
          env:
            - name: DATABASE_HOST
              value: database.${app.team}.svc.cluster.local
            - name: DATABASE_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: ${app.name}-database
                  key: password
            - name: JAVA_OPTS
              value: '-XX:MaxRAMPercentage=75.0 -Dfile.encoding=UTF-8'
          envFrom:
            - configMapRef:
                name: ${app.name}-config
${lines(complete || app.chance(0.7), 10, 'readinessProbe:', ...httpGet('/ready', 5))}${lines(complete || app.chance(0.6), 10, 'livenessProbe:', ...httpGet('/healthz', 10))}          resources:
            requests:
              cpu: 100m
              memory: 128Mi
${lines(complete || app.chance(0.7), 12, 'limits:', '  memory: 256Mi')}          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
          volumeMounts:
            - name: config
              mountPath: /etc/shop
              readOnly: true
${lines(
  app.chance(0.3),
  8,
  '- name: log-shipper',
  '  image: registry.example.com/tools/log-shipper:3.2.1',
  '  resources:',
  '    limits:',
  '      memory: 64Mi',
)}      volumes:
        - name: config
          configMap:
            name: ${app.name}-config
`;
}

const selector = (app: App): string => `  selector:
    matchLabels:
      app.kubernetes.io/name: ${app.name}
`;

function workload(app: App, complete: boolean): string {
  if (!complete && app.chance(0.2))
    return `apiVersion: apps/v1
kind: StatefulSet
${metadata(app, app.name)}spec:
  serviceName: ${app.name}
  replicas: ${app.replicas}
${selector(app)}${podTemplate(app, complete)}  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 10Gi
`;
  return `apiVersion: apps/v1
kind: Deployment
${metadata(app, app.name)}spec:
  replicas: ${app.replicas}
${selector(app)}  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 25%
      maxSurge: 1
${podTemplate(app, complete)}`;
}

const service = (app: App): string => `apiVersion: v1
kind: Service
${metadata(app, app.name)}spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: ${app.name}
  ports:
    - name: http
      port: 80
      targetPort: http
`;

const budget = (app: App): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
${metadata(app, app.name)}spec:
  ${app.chance(0.5) ? 'minAvailable' : 'maxUnavailable'}: 1
${selector(app)}`;

const autoscaler = (app: App): string => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
${metadata(app, app.name)}spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: ${app.name}
  minReplicas: ${app.replicas}
  maxReplicas: ${app.replicas + 4}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 70
`;

const configMap = (app: App): string => `apiVersion: v1
kind: ConfigMap
${metadata(app, `${app.name}-config`)}data:
  LOG_LEVEL: info
  FEATURE_FLAGS: "cart=on,wishlist=off"
  application.properties: |
    server.port=${app.port}
    server.shutdown=graceful
    spring.datasource.url=jdbc:postgresql://database.${app.team}:5432/shop
    # pool
    spring.datasource.hikari.maximum-pool-size=20
`;

/** Documents of one application: workload, Service, PodDisruptionBudget, HorizontalPodAutoscaler, ConfigMap. */
function documentsOf(app: App, complete: boolean): string[] {
  return [workload(app, complete), service(app), budget(app), autoscaler(app), configMap(app)];
}

/** How many documents an application has. */
const perApp = 5;

/** This many documents, application by application; every tenth application is complete. */
export function documents(count: number, options: { readonly from?: number; readonly seed?: number } = {}): string[] {
  const { from = 0, seed = 1 } = options;
  const all: string[] = [];
  for (let index = from; all.length < count; index++) all.push(...documentsOf(appOf(index, seed), index % 10 === 0));
  return all.slice(0, count);
}

/** Text of one file with this many documents. */
export const fileOf = (count: number, options: { readonly from?: number; readonly seed?: number } = {}): string =>
  documents(count, options).join('---\n');

/** Files of a workspace by their path, each with this many documents; with one document each, kinds alternate. */
export function workspace(files: number, documentsPerFile: number): Map<string, string> {
  const texts = new Map<string, string>();
  for (let index = 0; index < files; index++) {
    const apps = Math.max(1, Math.ceil(documentsPerFile / perApp));
    const from = index * apps;
    const text = documentsPerFile >= perApp ? fileOf(documentsPerFile, { from }) : single(index);
    texts.set(`team-${index % 10}/app-${String(index).padStart(4, '0')}.yaml`, text);
  }
  return texts;
}

/** One document per file: five files make an application. */
function single(index: number): string {
  return documents(perApp, { from: Math.floor(index / perApp) })[index % perApp] as string;
}
