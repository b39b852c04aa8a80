import { describe, expect, it } from 'vitest';
import { explainAlert } from '../../../shared/pipeline/explain-alert.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { ALERT_ID, alert, MACHINE_ID, machine } from '../../memory/samples.ts';
import { makeWorld, SCRIPT_SHA256, sha256Of, type World } from '../../memory/world.ts';

const limits = { startsPerMinute: 10, sessions: 20 };
const explain = (world: World, alertId = ALERT_ID, machineId: string | null = MACHINE_ID) =>
  explainAlert(world.ports, limits, { alertId, machineId, severity: null });

describe('explainAlert', () => {
  it('says what would be sent, what it costs and how long it waits', async () => {
    const world = makeWorld();
    const id = sha256Of(`${ALERT_ID}\n${MACHINE_ID}`).slice(0, 32);
    expect(await explain(world)).toMatchObject({
      alertId: ALERT_ID,
      collection: null,
      outcome: 'would collect',
      reason: null,
      profile: 'linux-triage',
      profiles: [{ id: 'linux-triage', says: 'taken' }],
      sessions: [
        {
          comment: `Evidence Collector ${id}/0/1`,
          commands: [{ type: 'RunScript', scriptName: 'evidence-triage.sh' }, { type: 'GetFile' }],
        },
      ],
      scripts: [{ name: 'evidence-triage.sh', sha256: SCRIPT_SHA256, library: 'missing' }],
      filesNotRequested: [],
      cost: { liveResponses: 1, scriptSecondsAtMost: 300 },
      expectedWait: { seconds: 0, ahead: 0 },
    });
  });

  it('sends exactly what it said', async () => {
    const world = makeWorld();
    const said = await explain(world);
    const { lookUp } = await import('../../../shared/pipeline/look-up.ts');
    const { collection } = await receiveAlert(
      world.ports,
      { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null },
      'http',
    );
    if (collection.status !== 'received') throw new Error('It was not received.');
    const event = await lookUp(world.ports, collection);
    const planned = event.type === 'looked up' ? event.plan.sessions.map(({ commands }) => commands) : [];
    expect('sessions' in said ? said.sessions.map(({ commands }) => commands) : null).toEqual(planned);
  });

  it('touches nothing: no row, no blob, no upload, no live response', async () => {
    const world = makeWorld();
    await explain(world);
    expect(await world.ports.collections.listOpen()).toEqual([]);
    expect([[...world.blobs].length, world.sent.length, world.library.length, world.tickets.size]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(await world.ports.lanes.readHost(MACHINE_ID)).toBeNull();
    expect(await world.ports.governor.listLeases()).toEqual([]);
  });

  it.each([
    ['same', SCRIPT_SHA256],
    ['different', 'e'.repeat(64)],
  ])('says of a script in the library that it is the %s', async (library, sha256) => {
    const world = makeWorld();
    world.library.push({ fileName: 'evidence-triage.sh', sha256, createdBy: 'x', lastUpdatedAt: null });
    expect(await explain(world)).toMatchObject({ scripts: [{ library }] });
  });

  it('can do without the library', async () => {
    const world = makeWorld();
    world.faults.listLibrary = new Error('not allowed');
    expect(await explain(world)).toMatchObject({ outcome: 'would collect', scripts: [{ library: 'not asked' }] });
  });

  it('says that the alert has its collection', async () => {
    const world = makeWorld();
    const { collection } = await receiveAlert(
      world.ports,
      { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null },
      'http',
    );
    expect(await explain(world)).toMatchObject({ collection: { id: collection.id, status: 'received' } });
  });

  it.each<readonly [string, (world: World) => unknown, string | null, RegExp]>([
    ['an unknown alert', (world) => world.alerts.clear(), MACHINE_ID, /does not know alert/],
    ['an unknown machine', (world) => world.machines.clear(), MACHINE_ID, /does not know machine/],
    ['another machine', () => undefined, 'f'.repeat(40), /is about machine 111e/],
    ['no machine', (world) => world.alerts.set(ALERT_ID, { ...alert, machineId: null }), null, /names no machine/],
    [
      'no profile',
      (world) => world.machines.set(MACHINE_ID, { ...machine, operatingSystem: 'macos' }),
      MACHINE_ID,
      /No profile covers/,
    ],
  ])('says why nothing would be collected: %s', async (_, change, machineId, reason) => {
    const world = makeWorld();
    change(world);
    expect(await explain(world, ALERT_ID, machineId)).toMatchObject({
      outcome: 'would collect nothing',
      reason: expect.stringMatching(reason),
    });
  });

  it('refuses another tenant’s alert', async () => {
    expect(await explain(makeWorld({ tenantId: 'ffffffff-1253-6432-9bf6-94542403f21c' }))).toMatchObject({
      reason: expect.stringContaining('another tenant'),
    });
  });
});
