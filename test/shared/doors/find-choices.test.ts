import { describe, expect, it } from 'vitest';
import { findChoices } from '../../../shared/doors/find-choices.ts';

const alertId = 'da1_1';

describe("a caller's choice of what is collected", () => {
  it.each<readonly [string, unknown, readonly string[]]>([
    ['in a plain payload', { alertId, profile: 'x' }, ['profile']],
    ['of both', { alertId, files: [], profile: 'x' }, ['files', 'profile']],
    ['in a list', [{ alertId }, { alertId, files: ['/etc/shadow'] }], ['files']],
    ['where it is wrapped', { body: { alert: { alertId, profile: 'x' } } }, ['profile']],
    ['in a wrapped list', { triggerBody: [{ alertId, profile: 'x' }] }, ['profile']],
    ['beside what wraps', { alertId, files: ['x'], body: { alertId } }, ['files']],
  ])('is found %s', (_, payload, names) => {
    expect(findChoices(payload)).toEqual({ choices: 'made', names });
  });

  it.each<readonly [string, unknown]>([
    ['a plain alert', { alertId, machineId: 'a' }],
    ['nothing', null],
    ['a text', 'profile'],
    ['a choice of null', { alertId, profile: null }],
    ["an alert of Defender's own, whatever it holds", { id: alertId, files: [{ sha1: 'x' }] }],
    [
      'what is deeper than any playbook wraps',
      { body: { body: { body: { body: { body: { alertId, files: [] } } } } } },
    ],
  ])('is not found in %s', (_, payload) => {
    expect(findChoices(payload)).toEqual({ choices: 'none' });
  });
});
