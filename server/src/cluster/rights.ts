/** Asks the API server what the user of a context may read. Only on a person's word: every question is a request. */
import type { MissingRight, RightsParams, RightsReport } from '../../../core/src/protocol.ts';
import { clusterRights, namespaceRights, rightsNeeded, subjectOf, type Right } from '../../../core/src/live/rights.ts';
import { createCredentialSource, readMaterial } from './credentials.ts';
import { readGroups } from './discovery.ts';
import { isMap } from './kubeconfig-fields.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { ClusterError } from './problem.ts';
import { plainText, redactMessage, type Redactor } from './redact.ts';
import { chooseTarget, type Target } from './target.ts';
import type { Timings } from './timings.ts';
import { createTransport, type Transport } from './transport.ts';

interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly timings: Timings;
  readonly redactor: Redactor;
  readonly now: () => number;
  readonly log: (level: 'info' | 'warn', text: string) => void;
}

/** Questions that are asked at a time. */
const atOnce = 6;
/** All questions together may take this long, ms. */
const patience = 60_000;

/** Asks about every right that is needed; a failure is part of the answer. */
export async function askRights(params: RightsParams, around: Surroundings): Promise<RightsReport> {
  const nothing = { context: params.context ?? '', missing: [], yaml: '' };
  let target: Target | undefined;
  const signal = AbortSignal.timeout(patience);
  let transport: Transport | undefined;
  try {
    target = chooseTarget(await loadKubeconfig(params.kubeconfig, around.env), params.context);
    transport = await reach(target, signal, around);
    const user = await whoAmI(transport, signal);
    const missing = await missingRights(transport, params.namespace, signal);
    const { namespace } = params;
    const subject = subjectOf(user ?? 'NAME-OF-THE-USER');
    const grants = namespace === undefined ? clusterRights(subject) : namespaceRights(namespace, subject);
    return {
      context: target.context,
      ...(user !== undefined && { user }),
      ...(namespace !== undefined && { namespace }),
      missing,
      yaml: missing.length === 0 ? '' : grants,
    };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    const { problem, remedy } = error.detail;
    around.log('warn', `asking for rights failed: ${problem.id}`);
    return {
      ...nothing,
      context: target?.context ?? nothing.context,
      problem: redactMessage(problem, around.redactor),
      remedy: redactMessage(remedy, around.redactor),
    };
  } finally {
    transport?.close();
  }
}

async function reach(
  target: Target,
  signal: AbortSignal,
  { env, timings, redactor, now, log }: Surroundings,
): Promise<Transport> {
  const ca = await readMaterial(target.cluster.ca, target.cluster.file);
  const authority = ca === undefined ? {} : { ca };
  const credentials = createCredentialSource({
    target,
    signal,
    now,
    ...authority,
    env,
    redactor,
    execTimeLimit: timings.exec,
    onExec: (command) => log('info', `running the login command ${command}`),
  });
  return createTransport({ target, ...authority, env, credentials, timings });
}

/** The user name that the API server gives us; servers before 1.28 do not say. */
async function whoAmI(transport: Transport, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await transport.review('SelfSubjectReview', {}, signal);
    const status = isMap(answer) && isMap(answer['status']) ? answer['status'] : {};
    const info = isMap(status['userInfo']) ? status['userInfo'] : {};
    return typeof info['username'] === 'string' ? plainText(info['username'], 300) : undefined;
  } catch {
    return undefined;
  }
}

async function missingRights(
  transport: Transport,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<readonly MissingRight[]> {
  const groups = await readGroups(transport, signal);
  // What the cluster does not serve, nobody may read.
  const served = rightsNeeded.filter(
    ({ group, version }) => groups === undefined || groups.has(group === '' ? version : `${group}/${version}`),
  );
  const answers: (MissingRight | undefined)[] = [];
  const questions = served.entries();
  const ask = async (): Promise<void> => {
    for (const [index, right] of questions) answers[index] = await lacks(transport, right, namespace, signal);
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  return answers.filter((answer) => answer !== undefined);
}

/** What of a right is missing. */
async function lacks(
  transport: Transport,
  right: Right,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<MissingRight | undefined> {
  const { resource, plural, group, version } = right;
  const where = right.namespace ?? (right.namespaced ? namespace : undefined);
  const verbs: string[] = [];
  for (const verb of right.verbs) {
    const resourceAttributes = {
      verb,
      group,
      version,
      resource: plural,
      ...(where !== undefined && { namespace: where }),
    };
    const answer = await transport.review('SelfSubjectAccessReview', { resourceAttributes }, signal);
    const status = isMap(answer) && isMap(answer['status']) ? answer['status'] : {};
    if (status['allowed'] !== true) verbs.push(verb);
  }
  return verbs.length === 0 ? undefined : { resource, group, verbs, consequence: { id: `rights.${resource}` } };
}
