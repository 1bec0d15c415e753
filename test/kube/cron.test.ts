import { describe, expect, it } from 'vitest';
import { isCron, parseCron, parseDuration } from '../../core/src/kube/cron.ts';
import { timeZones } from '../../core/src/kube/time-zones.ts';

describe('parseCron reads', () => {
  it.each([
    ['* * * * *', 60],
    ['*/5 * * * *', 300],
    ['0 * * * *', 3600],
    ['0 3 * * *', 86_400],
    ['0 0 * * MON-FRI', 86_400],
    ['0 0 * jan sun', 86_400],
    ['0 0 31 2 *', 86_400],
    ['0 0 ? * *', 86_400],
    [' 0 0 * * * ', 86_400],
    ['5/20 * * * *', 1200],
    ['0 8,20 * * *', 43_200],
    ['0 22,23 * * *', 3600],
    ['1,,2 * * * *', 60],
    ['10-50/20 * * * *', 1200],
    ['@hourly', 3600],
    ['@daily', 86_400],
    ['@annually', 86_400],
    ['@every 1h30m', 5400],
    ['@every 90s', 90],
  ])('%j, at most every %d s', (text, seconds) => {
    const cron = parseCron(text);
    expect(isCron(cron) && cron.intervalSeconds).toBe(seconds);
  });
});

describe('parseCron refuses', () => {
  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['0 0 0 * * *', 'fields'],
    ['every 5 minutes', 'fields'],
    ['60 * * * *', 'range'],
    ['0 24 * * *', 'range'],
    ['0 0 0 * *', 'range'],
    ['0 0 32 * *', 'range'],
    ['0 0 * 13 *', 'range'],
    ['0 0 * * 7', 'range'],
    ['0 0 * * 5-7', 'range'],
    ['H * * * *', 'word'],
    ['0 0 L * *', 'word'],
    ['0 0 15W * *', 'word'],
    ['0 0 * * 1#2', 'word'],
    ['0 0 * * monday', 'word'],
    ['-5 * * * *', 'word'],
    ['1-2-3 * * * *', 'word'],
    ['*/5/5 * * * *', 'word'],
    ['30-10 * * * *', 'order'],
    ['*/0 * * * *', 'step'],
    ['*/x * * * *', 'step'],
    ['@reboot', 'macro'],
    ['@Daily', 'macro'],
    ['@every', 'macro'],
    ['@every 5 minutes', 'duration'],
    ['@every 5', 'duration'],
  ])('%j: %s', (text, type) => {
    const problem = parseCron(text);
    expect(isCron(problem) ? 'none' : problem.type).toBe(type);
  });
});

it.each([
  ['1h30m', 5400],
  ['1.5h', 5400],
  ['250ms', 0.25],
  ['-1m', -60],
  ['1d', undefined],
  ['', undefined],
])('parseDuration(%j) is %j', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

it.each([
  'UTC',
  'Etc/UTC',
  'Etc/GMT+5',
  'Europe/Berlin',
  'America/Argentina/Buenos_Aires',
  'US/Eastern',
  'Asia/Kolkata',
])('%s is a zone', (zone) => expect(timeZones().has(zone)).toBe(true));
it.each(['', 'Local', 'europe/berlin', 'Europe/Berlinn', 'UTC+2', 'Mars/Phobos', 'Europe'])('%j is no zone', (zone) =>
  expect(timeZones().has(zone)).toBe(false),
);
