import { imageName } from '../../kube/image.ts';
import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { asksOneThing } from '../../kube/probe.ts';
import { mayDieBeforeReady, proposeStartupProbe } from '../../kube/startup.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'slow-image-without-startup-probe',
  capability: 'container-restarts',
  tier: 2,
  severity: 'info',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'Software that is known to start slowly gets little time before liveness kills it.',
    why: 'Databases, search engines and Java servers take a minute or more to start when their data is large, their node is busy or their memory is cold. Without a startup probe, liveness counts that time as a hang and kills the container while it starts, which makes the next start slower still.',
    exemptions: 'Containers with a startup probe, or whose liveness probe waits at least a minute in all.',
    links: ['concepts/workloads/pods/probes#startup-probe'],
  },
  explains: ['liveness-probe-failed/refused', 'liveness-probe-failed/timeout'],
  aliases: [],
  options: {
    budgetSeconds: {
      default: 60,
      description: 'Seconds that such a container should get before liveness may kill it.',
    },
  },
  messages: {
    image:
      'Image "{{image}}" often takes longer to start than the {{budget}} s after which liveness kills container "{{container}}". A startup probe gives it time, and liveness stays quick.',
    java: 'Container "{{container}}" runs Java ({{variable}} is set), which starts slowly on a busy node, and liveness kills it {{budget}} s after its start. A startup probe gives it time, and liveness stays quick.',
  },
  titles: { startup: 'Add a startup probe that gives it up to {{seconds}} s to start' },
  visit: {
    container(container, { report, located, around, option }) {
      const liveness = container.probe('livenessProbe');
      const { value, role } = container;
      if (role === 'init' || !liveness || !asksOneThing(liveness) || !value.at('startupProbe').missing) return;
      const budget = liveness.budgetSeconds;
      if (
        budget === undefined ||
        budget >= option<number>('budgetSeconds') ||
        (liveness.initialDelaySeconds ?? 0) >= 30
      )
        return;
      const image = imageName(value.at('image').text());
      const slow = image !== undefined && isSlow(image);
      const variable = slow ? undefined : javaVariable(container);
      if ((!slow && variable === undefined) || mayDieBeforeReady(container)) return;
      if (around.patched(located, value.at('startupProbe')) || around.patched(located, liveness.value)) return;
      const proposal = proposeStartupProbe(container, 10, 300);
      report({
        message: slow ? 'image' : 'java',
        at: liveness.value,
        data: { container: showName(container), image: image ?? '', variable: variable ?? '', budget },
        fixes: proposal
          ? [
              {
                class: 'review',
                title: 'startup',
                data: { seconds: proposal.seconds },
                operations: proposal.operations,
              },
            ]
          : [],
      });
    },
  },
});

const slowImages =
  /^(?:keycloak(?:-x)?|elasticsearch(?:-oss)?|opensearch|cassandra|sonarqube|jenkins|gitlab.*|nexus3|artifactory.*|wildfly|weblogic|oracle.*|mssql.*|confluence(?:-server)?|jira(?:-software|-core)?|kafka|cp-kafka|solr|neo4j)$/;

/** Small programs that carry the big one's name. */
const isSlow = (image: string): boolean =>
  slowImages.test(image) && !/exporter|runner|agent|operator|proxy|init|tools|shell|cli$/.test(image);

const javaVariable = ({ value }: Container): string | undefined =>
  value
    .at('env')
    .items()
    .map((entry) => entry.at('name').text())
    .find((name) => name === 'JAVA_OPTS' || name === 'JAVA_TOOL_OPTIONS');
