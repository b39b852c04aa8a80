import { describe, expect, it } from 'vitest';
import type { AlertReference } from '../../../shared/domain/alert.ts';
import type { Asked } from '../../../shared/domain/asked.ts';
import { limitSubmission } from '../../../shared/doors/limit-submission.ts';
import { readAlertPayload } from '../../../shared/doors/read-alert-payload.ts';

const alertId = 'da637472900382838869_1364969609';
const machineId = '1'.repeat(40);
const ALERT: AlertReference = { alertId, machineId, severity: null };
const submitter = { id: 'somebody', standing: 'submitter' } as const;
const within = async () => ({ count: 'within' }) as const;
const asking = (asked: Partial<Asked>): AlertReference => ({
  ...ALERT,
  asked: { about: 'alert', machineName: null, profileId: null, files: [], ...asked },
});

function referencesOf(payload: unknown): readonly AlertReference[] {
  const read = readAlertPayload(payload);
  if (read.outcome !== 'alerts') throw new Error('The payload names no alert.');
  return read.references;
}

describe('what a submitter may send', () => {
  it.each<readonly [string, unknown, string]>([
    ['a profile', { alertId, profile: 'x' }, 'profile'],
    ['files', [{ alertId }, { alertId, machineId, files: ['/etc/shadow'] }], 'files'],
    ['both, where it is wrapped', { body: { alert: { alertId, profile: 'x', files: ['/x'] } } }, 'files and profile'],
  ])('is no choice of %s, and then nothing is taken', async (_, payload, names) => {
    const limited = await limitSubmission(submitter, referencesOf(payload), within);
    expect(limited).toMatchObject({ submission: 'refused', code: 'not-allowed', reply: { status: 403 } });
    expect(JSON.stringify(limited)).toContain(`This chooses ${names}:`);
  });

  it('is no machine without an alert, but the alerts beside it', async () => {
    const references = [asking({ about: 'machine' }), ALERT];
    expect(await limitSubmission(submitter, references, within)).toEqual({ submission: 'taken', references: [ALERT] });
    expect(await limitSubmission(submitter, references.slice(0, 1), within)).toMatchObject({ code: 'not-allowed' });
  });

  it('is an alert on the machine that Defender names, whatever other machines its evidence has', async () => {
    const references = [asking({ about: 'one of its machines' })];
    expect(await limitSubmission(submitter, references, within)).toEqual({ submission: 'taken', references: [ALERT] });
  });

  it('is limited by the day, and only what is taken counts', async () => {
    const counts: number[] = [];
    const over = async (alerts: number) => {
      counts.push(alerts);
      return { count: 'over', afterSeconds: 60 } as const;
    };
    const limited = await limitSubmission(submitter, [asking({ about: 'machine' }), ALERT], over);
    expect(limited).toMatchObject({ code: 'too-many-today', reply: { headers: { 'retry-after': '60' } } });
    expect(counts).toEqual([1]);
  });

  it('does not bind an operator', async () => {
    const references = [asking({ about: 'machine', profileId: 'x' })];
    const operator = { id: 'somebody', standing: 'operator' } as const;
    expect(await limitSubmission(operator, references, within)).toEqual({ submission: 'taken', references });
  });
});
