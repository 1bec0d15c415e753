import { workloadKinds } from '../../kube/kinds.ts';
import { defineRule } from '../../lint/rule.ts';
import { judgeContainer, judgePod } from './port-invalid/container-ports.ts';
import { judgeService } from './port-invalid/service-ports.ts';

export default defineRule({
  id: 'port-invalid',
  capability: 'load-balancing',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: [...workloadKinds, '/Service'],
  needs: 'any',
  docs: {
    summary: 'A port of a container or Service is written in a way that the API server refuses, or that cannot work.',
    why: 'Names of container ports have at most 15 characters, lower case letters, digits and single hyphens, with at least one letter. They are unique within a container; ports of a Service are unique, and named as soon as there are two. Anything else is rejected, so the object is never created or updated. In a StatefulSet before Kubernetes 1.34 it is accepted and every pod of it refused. Two containers of one pod share its network: the second that wants a port cannot have it.',
    exemptions:
      'Values that template text fills in. A port that an init container and a main container both declare, since they do not run at the same time; the same number for two protocols.',
    links: [
      'concepts/services-networking/service#multi-port-services',
      'reference/kubernetes-api/workload-resources/pod-v1#ports',
    ],
  },
  explains: ['failed-create/invalid'],
  aliases: ['kube-linter:invalid-target-ports', 'kube-score:container-ports-check'],
  messages: {
    name: '"{{port}}" cannot be the name of a port: at most 15 lower case letters, digits and single hyphens, with a letter among them. The API server refuses it, so no pod of this {{kind}} ever starts.',
    nameTwice:
      'Container "{{container}}" has two ports called "{{port}}". The API server refuses them, so no pod of this {{kind}} ever starts.',
    number:
      'A containerPort is a number between 1 and 65535, not {{port}}. The API server refuses it, so no pod of this {{kind}} ever starts.',
    quoted:
      'A containerPort is a number; "{{port}}" in quotes is text. The API server cannot read this {{kind}} and rejects it.',
    protocol: 'A protocol is written TCP, UDP or SCTP; the API server refuses "{{protocol}}".',
    hostTwice:
      'This pod asks for port {{port}} of its node twice. The API server refuses it, so no pod of this {{kind}} ever starts.',
    hostOther:
      'On the network of the node, hostPort has to be the containerPort: {{host}} is not {{port}}. The API server refuses it, so no pod of this {{kind}} ever starts.',
    sharedName:
      'Containers "{{first}}" and "{{container}}" both have a port called "{{port}}": a Service that asks for it by name gets the one of "{{first}}".',
    sharedPort:
      'Containers "{{first}}" and "{{container}}" both want port {{port}}, but share one network: the second to start cannot listen and fails.',
    samePort: 'Container "{{container}}" declares port {{port}} twice.',
    unnamed: 'Service "{{name}}" has several ports, so each needs a name. The API server rejects it.',
    serviceName:
      '"{{port}}" cannot be the name of a port of a Service (lower case letters, digits and "-"). The API server rejects Service "{{name}}".',
    serviceNameTwice: 'Service "{{name}}" has two ports called "{{port}}". The API server rejects it.',
    servicePortTwice: 'Service "{{name}}" has port {{port}} twice. The API server rejects it.',
    targetName:
      '"{{port}}" cannot be the name of a container port: at most 15 lower case letters, digits and single hyphens, with a letter among them. The API server rejects Service "{{name}}".',
    targetNumber: 'A port is a number between 1 and 65535, not {{port}}. The API server rejects Service "{{name}}".',
  },
  titles: {
    rename: 'Call it "{{port}}"',
    unquote: 'Write {{port}} as a number',
    capital: 'Write {{protocol}}',
    same: 'Use port {{port}} of the node',
    give: 'Give it a name',
  },
  visit: {
    resource(located, context) {
      if (located.resource.groupKind === '/Service') judgeService(located, context);
    },
    pod(pod, context) {
      for (const container of pod.containers) judgeContainer(container, context);
      judgePod(pod, context);
    },
  },
});
