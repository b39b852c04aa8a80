import { describe, expect, it } from 'vitest';
import { readAlertPayload } from '../../../shared/doors/read-alert-payload.ts';

const ALERT = 'da637472900382838869_1364969609';
const MACHINE = '111e6dd8c833c8a052ea231ec1b19adaf497b625';

describe('readAlertPayload', () => {
  it.each<readonly [string, unknown, readonly unknown[]]>([
    ['plain', { alertId: ALERT }, [{ alertId: ALERT, machineId: null, severity: null }]],
    [
      'plain with machine',
      { alertId: ALERT, machineId: MACHINE.toUpperCase() },
      [{ alertId: ALERT, machineId: MACHINE, severity: null }],
    ],
    [
      'the Defender connector',
      { id: ALERT, machineId: MACHINE },
      [{ alertId: ALERT, machineId: MACHINE, severity: null }],
    ],
    [
      "Defender's alert",
      { id: ALERT, machineId: MACHINE, severity: 'High', title: '"; iex(1)', evidence: [] },
      [{ alertId: ALERT, machineId: MACHINE, severity: 'High' }],
    ],
    [
      'an alert without a machine',
      { id: ALERT, machineId: null },
      [{ alertId: ALERT, machineId: null, severity: null }],
    ],
    [
      'a list',
      [{ alertId: ALERT }, { id: '121688558380765161_2136280442' }],
      [
        { alertId: ALERT, machineId: null, severity: null },
        { alertId: '121688558380765161_2136280442', machineId: null, severity: null },
      ],
    ],
    [
      'an id with a minus',
      { alertId: 'da639262664649351106_-1180534512' },
      [{ alertId: 'da639262664649351106_-1180534512', machineId: null, severity: null }],
    ],
  ])('knows %s', (_, payload, references) => {
    expect(readAlertPayload(payload)).toEqual({ outcome: 'alerts', references, refused: [], left: [] });
  });

  it.each<readonly [string, unknown, RegExp]>([
    ['nothing', null, /not a JSON object/],
    ['a text', 'da1_1', /not a JSON object/],
    ['an empty object', {}, /names no alert/],
    ['an empty list', [], /list is empty/],
    ['a list of strangers', [{ bar: 2 }, { foo: 1 }], /Item 1: It names no alert/],
    ['a list that is too long', Array.from({ length: 501 }, () => ({ alertId: ALERT })), /lists of at most 500/],
    ['a path for an id', { alertId: '../../etc/passwd' }, /not one of Defender/],
    ['an id with a quote', { alertId: "da1' or 1 eq 1" }, /not one of Defender/],
    ['an id that is a number', { alertId: 7 }, /not one of Defender/],
    ['a machine that is a URL', { alertId: ALERT, machineId: 'https://169.254.169.254/' }, /not one of Defender/],
    ['an id of 200 characters', { alertId: 'a'.repeat(200) }, /not one of Defender/],
  ])('refuses %s with a sentence', (_, payload, why) => {
    expect(readAlertPayload(payload)).toMatchObject({ outcome: 'unknown', why: expect.stringMatching(why) });
  });

  it('takes the alerts of a list and names the items that are none, so that one stranger loses no alert', () => {
    expect(readAlertPayload([{ foo: 1 }, { alertId: ALERT }, { alertId: '../x' }])).toEqual({
      left: [],
      outcome: 'alerts',
      references: [{ alertId: ALERT, machineId: null, severity: null }],
      refused: [
        { item: 1, why: 'It names no alert.' },
        { item: 3, why: expect.stringMatching(/^Its alert id is not one of Defender/) },
      ],
    });
  });

  it.each<readonly [string, object]>([
    ['an empty machine id', { alertId: ALERT, machineId: '' }],
    ['a severity that is a number', { alertId: ALERT, severity: 5 }],
    ['a severity that nobody knows', { id: ALERT, severity: null }],
  ])('takes an alert with %s', (_, payload) => {
    expect(readAlertPayload(payload)).toMatchObject({
      outcome: 'alerts',
      references: [{ alertId: ALERT, machineId: null, severity: null }],
    });
  });

  it('says which of the ids is wrong', () => {
    expect(readAlertPayload({ alertId: ALERT, machineId: 'a b' })).toMatchObject({
      outcome: 'unknown',
      why: expect.stringMatching(/^Its machine id/),
    });
  });
});
