import { describe, expect, it } from 'vitest';
import { readCollectionRequest } from '../../../shared/doors/read-collection-request.ts';

const MACHINE = '4c07a6c1e0d5b2f39a8e71645d20c3fb9e8a1d72';

describe('readCollectionRequest', () => {
  it.each<readonly [string, object, string | null, object]>([
    [
      'a machine and a profile, the key in the header',
      { machineId: MACHINE.toUpperCase(), profile: 'linux-triage' },
      'ticket-7',
      { alertId: 'by-hand:ticket-7', machineId: MACHINE, severity: 'Medium', asked: { profileId: 'linux-triage' } },
    ],
    [
      'the key in quotes, as structured headers have it',
      { machineId: MACHINE },
      '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
      { alertId: 'by-hand:8e03978e-40d5-43dd-bc93-6894a57f9324', asked: { profileId: null, files: [] } },
    ],
    [
      'a machine by its name, the key in the body',
      { machineName: 'web-04.contoso.com', severity: 'high', files: ['/etc/passwd'], idempotencyKey: 'k' },
      null,
      {
        alertId: 'by-hand:k',
        machineId: null,
        severity: 'High',
        asked: { machineName: 'web-04.contoso.com', files: ['/etc/passwd'] },
      },
    ],
  ])('takes %s', (_, body, key, reference) => {
    expect(readCollectionRequest(body, key)).toMatchObject({ outcome: 'request', reference });
  });

  it('the key of the header goes before that of the body', () => {
    expect(readCollectionRequest({ machineId: MACHINE, idempotencyKey: 'b' }, 'a')).toMatchObject({
      reference: { alertId: 'by-hand:a' },
    });
  });

  it.each<readonly [string, unknown, string | null, string, RegExp]>([
    ['no key', { machineId: MACHINE }, null, 'no-key', /would run twice/],
    ['a key with spaces', { machineId: MACHINE }, 'a b', 'no-key', /letters, digits/],
    ['a key that is a colon too many', { machineId: MACHINE }, 'sentinel:1', 'no-key', /letters, digits/],
    ['a list', [{ machineId: MACHINE }], 'k', 'wrong-order', /not what is asked for/],
    ['no machine', { profile: 'linux-triage' }, 'k', 'wrong-order', /one machine/],
    ['two machines', { machineId: MACHINE, machineName: 'a' }, 'k', 'wrong-order', /one machine/],
    ['a machine id that is none', { machineId: '../x' }, 'k', 'wrong-order', /40 hex digits/],
    ['a name with a quote', { machineName: "a' or 1 eq 1" }, 'k', 'wrong-order', /name of one machine|DNS name/],
    ['a profile that is a path', { machineId: MACHINE, profile: '../a' }, 'k', 'wrong-order', /profile/],
    ['files that are no list', { machineId: MACHINE, files: '/etc' }, 'k', 'wrong-order', /files/],
    ['a severity that nobody knows', { machineId: MACHINE, severity: 'Huge' }, 'k', 'wrong-order', /severity is none/],
  ])('refuses %s with a sentence', (_, body, key, code, why) => {
    expect(readCollectionRequest(body, key)).toMatchObject({ outcome: 'wrong', code, why: expect.stringMatching(why) });
  });
});
