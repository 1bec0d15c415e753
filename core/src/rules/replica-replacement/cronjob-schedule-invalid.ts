import type { CronProblem } from '../../kube/cron.ts';
import { cronMacros, isCron, parseCron } from '../../kube/cron.ts';
import { timeZones } from '../../kube/time-zones.ts';
import { atLeast } from '../../kube/version.ts';
import type { Data, Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { nearest } from '../../text/nearest.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'cronjob-schedule-invalid',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['batch/CronJob'],
  needs: 'complete',
  docs: {
    summary: 'The schedule or the time zone of a CronJob cannot be read.',
    why: 'Kubernetes reads five fields, names of three letters, steps, macros such as @daily and @every with a duration. What other schedulers know besides (seconds, 7 for Sunday, L, W, #, H, @reboot, a time zone in front) it rejects, so the CronJob is not created, or an update of it does not arrive.',
    links: [
      'concepts/workloads/controllers/cron-jobs#schedule-syntax',
      'concepts/workloads/controllers/cron-jobs#time-zones',
    ],
  },
  explains: ['cronjob-missed/invalid-schedule'],
  aliases: ['datree:CRONJOB_INVALID_SCHEDULE_VALUE'],
  messages: {
    empty: 'CronJob "{{name}}" has no schedule. The API server rejects it.',
    fields:
      'A schedule has 5 fields (minute, hour, day of the month, month, day of the week), this one has {{count}}. The API server rejects CronJob "{{name}}", so it never runs.',
    macro: '"{{text}}" is no macro that Kubernetes knows. The API server rejects CronJob "{{name}}", so it never runs.',
    duration:
      '"{{text}}" is no duration such as 90s, 15m or 1h30m. The API server rejects CronJob "{{name}}", so it never runs.',
    word: '"{{text}}" in field {{field}} of the schedule cannot be read. The API server rejects CronJob "{{name}}", so it never runs.',
    range:
      '"{{text}}" in field {{field}} of the schedule is outside {{min}} to {{max}}. The API server rejects CronJob "{{name}}", so it never runs.',
    order:
      '"{{text}}" in field {{field}} of the schedule begins after it ends. The API server rejects CronJob "{{name}}", so it never runs.',
    step: '"{{text}}" in field {{field}} of the schedule has no step of 1 or more. The API server rejects CronJob "{{name}}", so it never runs.',
    zoneInSchedule:
      'The schedule of CronJob "{{name}}" begins with a time zone. The API server has rejected that since 1.29; the zone belongs into timeZone.',
    zone: 'The API server knows no time zone "{{zone}}" and rejects CronJob "{{name}}", so it never runs. Names are those of the IANA database, in their spelling.',
  },
  titles: {
    move: 'Move the zone to timeZone: {{zone}}',
    zone: 'Use time zone {{zone}}',
    removeZone: 'Use the time zone of the cluster: remove timeZone',
    schedule: 'Use the schedule "{{schedule}}"',
  },
  visit: {
    resource(located, context) {
      const spec = located.resource.value.at('spec');
      if (!spec.isMap) return;
      judgeSchedule(spec.at('schedule'), spec, context);
      judgeZone(spec.at('timeZone'), context);
    },
  },
});

type Messages = CronProblem['type'] | 'zoneInSchedule' | 'zone';

function judgeSchedule(at: Value, spec: Value, { report, located, around, version }: UnitContext<Messages>): void {
  const written = at.rawText() ?? '';
  if (at.templated || around.patched(located, at)) return;
  const data = { name: located.resource.name ?? '…' };
  const zone = /^(?:CRON_)?TZ=(\S*)\s+/.exec(written);
  if (atLeast(version, '1.29') ? written.includes('TZ') : false) {
    report({
      message: 'zoneInSchedule',
      at,
      data,
      fixes: zone ? moveZone(at, spec, zone[1] ?? '', written.slice(zone[0].length)) : [],
    });
    return;
  }
  const text = zone ? written.slice(zone[0].length) : written;
  const problem = parseCron(text);
  if (isCron(problem)) return;
  const { type, ...details } = problem;
  const other = zone ? undefined : suggest(problem, text);
  const fixes: Fix[] =
    other === undefined
      ? []
      : [
          {
            class: 'review',
            title: 'schedule',
            data: { schedule: other },
            operations: [{ op: 'set', path: at.path, value: other }],
          },
        ];
  report({ message: type, at: at.missing ? spec : at, data: { ...data, ...(details as Data) }, fixes });
}

function moveZone(at: Value, spec: Value, zone: string, schedule: string): Fix[] {
  if (!timeZones().has(zone) || !spec.at('timeZone').missing || !isCron(parseCron(schedule))) return [];
  return [
    {
      class: 'review',
      title: 'move',
      data: { zone },
      operations: [
        { op: 'set', path: at.path, value: schedule },
        { op: 'set', path: [...spec.path, 'timeZone'], value: zone, after: 'schedule' },
      ],
    },
  ];
}

/** What was most likely meant; offered only where it can be read. */
function suggest(problem: CronProblem, text: string): string | undefined {
  const other = rewrite(problem, text.trim());
  return other !== undefined && isCron(parseCron(other)) ? other : undefined;
}

function rewrite(problem: CronProblem, text: string): string | undefined {
  const words = text.split(/\s+/);
  switch (problem.type) {
    case 'fields':
      // Six fields begin with seconds elsewhere.
      return problem.count === 6 && words[0] === '0' ? words.slice(1).join(' ') : undefined;
    case 'macro':
      return nearest(text, cronMacros);
    case 'range':
      // Sunday is 0 only; a range up to 7 becomes one up to 6, and 0.
      return problem.field === 5
        ? words.with(4, (words[4] ?? '').replace(/-7\b/, '-6,0').replace(/\b7\b/, '0')).join(' ')
        : undefined;
    case 'word':
      return problem.field === 5
        ? words
            .with(
              4,
              (words[4] ?? '').replace(/[a-z]{4,}/gi, (day) => day.slice(0, 3)),
            )
            .join(' ')
        : undefined;
    case 'empty':
    case 'duration':
    case 'order':
    case 'step':
      return undefined;
  }
}

function judgeZone(at: Value, { report, located, around }: UnitContext<Messages>): void {
  if (at.missing || at.templated || around.patched(located, at)) return;
  const zone = at.rawText() ?? '';
  if (timeZones().has(zone)) return;
  const same = [...timeZones()].find((known) => known.toLowerCase() === zone.toLowerCase());
  const other = zone === '' ? undefined : (same ?? nearest(zone, timeZones()));
  const fixes: Fix[] = [
    ...(other === undefined
      ? []
      : [
          {
            class: 'review' as const,
            title: 'zone',
            data: { zone: other },
            operations: [{ op: 'set' as const, path: at.path, value: other }],
          },
        ]),
    { class: 'review', title: 'removeZone', operations: [{ op: 'remove', path: at.path }] },
  ];
  report({ message: 'zone', at, data: { name: located.resource.name ?? '…', zone }, fixes });
}
