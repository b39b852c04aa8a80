import { describe, expect, it } from 'vitest';
import { tallyPlans } from '../../../local/plan/tally-plans.ts';
import type { Alert } from '../../../shared/domain/alert.ts';
import { NO_DENY_LIST } from '../../../shared/domain/deny-list.ts';
import type { Profile } from '../../../shared/domain/profile.ts';
import { alert, machine, profile } from '../../memory/samples.ts';

const OTHER = { ...machine, id: 'f'.repeat(40), name: 'web-02' };
const at = (minute: number, changes: Partial<Alert> = {}): Alert => ({
  ...alert,
  id: `da1_${minute}`,
  severity: 'Medium',
  createdAt: new Date(Date.parse('2026-11-20T08:00:00.000Z') + minute * 60_000).toISOString(),
  ...changes,
});
const file = (path: string) => ({ path, sha1: null, sha256: null, md5: null, sizeBytes: null });
const tally = (alerts: readonly Alert[], changes: Partial<Profile> = {}) =>
  tallyPlans({
    alerts,
    machines: new Map([machine, OTHER].map((one) => [one.id, one])),
    mergeMinutes: 60,
    now: '2026-11-21T00:00:00.000Z',
    profiles: [{ ...profile, ...changes }],
    denyList: NO_DENY_LIST,
    scripts: new Map([['evidence-triage.sh', 'c'.repeat(64)]]),
  });

describe('tallyPlans', () => {
  it('counts collections, machines, slots and bytes, and what is merged', () => {
    const alerts = [at(10), at(0), at(20, { machineId: OTHER.id }), at(30, { files: [file('/new')] }), at(200)];
    expect(tally(alerts)).toEqual({
      alerts: 5,
      profiles: [
        {
          profile: 'linux-triage',
          alerts: 5,
          collections: 4,
          merged: 1,
          leftAlone: 0,
          machines: 2,
          liveResponses: 4,
          archiveBytesAtMost: 4 * 52_428_800,
          filesNotRequested: 0,
        },
      ],
      skipped: [],
    });
  });

  it('leaves a machine alone as the cool-down says, but not for a more severe alert', () => {
    const alerts = [at(0), at(100, { files: [file('/a')] }), at(110, { severity: 'High' }), at(800)];
    const { profiles } = tally(alerts, { limits: { coolDownMinutes: 600 } });
    expect(profiles).toMatchObject([{ collections: 3, leftAlone: 1, merged: 0 }]);
  });

  it('says why others are skipped, alike reasons together', () => {
    const alerts = [
      at(0, { machineId: null }),
      at(1, { machineId: 'e'.repeat(40) }),
      at(2, { severity: 'Low' }),
      at(3, { severity: 'Low', machineId: OTHER.id }),
    ];
    expect(tally(alerts, { when: { severity: 'High' } })).toEqual({
      alerts: 4,
      profiles: [],
      skipped: [
        { reason: 'No profile covers this alert on the machine (Linux).', alerts: 2 },
        { reason: 'The alert names no machine.', alerts: 1 },
        { reason: 'Defender does not know its machine.', alerts: 1 },
      ],
    });
  });
});
