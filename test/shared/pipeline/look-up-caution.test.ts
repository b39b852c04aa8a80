import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { DenyList } from '../../../shared/domain/deny-list.ts';
import type { Profile } from '../../../shared/domain/profile.ts';
import type { Ports } from '../../../shared/pipeline/ports.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { ALERT_ID, alert, MACHINE_ID, profile } from '../../memory/samples.ts';
import { makeWorld, type World } from '../../memory/world.ts';

/** A world in which other profiles or another deny list are reviewed. */
function worldWith(content: { readonly profile?: Partial<Profile>; readonly denyList?: DenyList }) {
  const world = makeWorld();
  const { denyList } = content;
  const ports: Ports = {
    ...world.ports,
    content: {
      ...world.ports.content,
      profiles: async () => [{ ...profile, ...content.profile }],
      ...(denyList === undefined ? {} : { denyList: async () => denyList }),
    },
  };
  return { ...world, ports };
}

async function receive(world: World, changes: Partial<Alert> = {}) {
  const next = { ...alert, ...changes };
  world.alerts.set(next.id, next);
  const { collection } = await receiveAlert(
    world.ports,
    { alertId: next.id, machineId: MACHINE_ID, severity: null },
    'http',
  );
  await pollMachineActions(world.ports);
  const loaded = await world.ports.collections.load(collection.id);
  if (loaded === null) throw new Error('There is no such collection.');
  return loaded.collection;
}

async function collect(world: World) {
  const [action] = world.actions.keys();
  if (action === undefined) throw new Error('Nothing was started.');
  world.results.set(`${action}/0`, '{}').set(`${action}/1`, 'x');
  world.endAction(action, 'Succeeded', [
    ['RunScript', 'Completed'],
    ['GetFile', 'Completed'],
  ]);
  for (let polls = 0; polls < 10; polls += 1) {
    world.passTime(180_000);
    await pollMachineActions(world.ports);
  }
}

describe('a machine of the deny list', () => {
  const denyList = { never: [{ title: 'the plant', when: { machineGroup: 'Servers' } }], domainControllers: [] };
  const denied = { event: 'denied high alert', alert: ALERT_ID, machine: MACHINE_ID };

  it('is left alone, and a High alert on it raises an event', async () => {
    const world = worldWith({ denyList });
    expect(await receive(world)).toMatchObject({ status: 'skipped', reason: expect.stringContaining('the plant') });
    expect(world.sent).toEqual([]);
    expect(world.logs).toContainEqual(expect.objectContaining(denied));
  });

  it('raises no event for a lesser alert', async () => {
    const world = worldWith({ denyList });
    expect(await receive(world, { severity: 'Medium' })).toMatchObject({ status: 'skipped' });
    expect(world.logs).not.toContainEqual(expect.objectContaining({ event: denied.event }));
  });
});

describe('a profile with a cool-down', () => {
  const later = { id: 'da1_2', files: [{ path: '/another', sha1: null, sha256: null, md5: null, sizeBytes: null }] };

  it('leaves a machine alone after a collection, for as long as it says', async () => {
    const world = worldWith({ profile: { limits: { coolDownMinutes: 120 } } });
    const first = await receive(world);
    await collect(world);
    expect(await receive(world, later)).toMatchObject({ status: 'skipped', reason: expect.stringContaining(first.id) });
    world.passTime(121 * 60_000);
    expect(await receive(world, { ...later, id: 'da1_3' })).toMatchObject({ status: 'running' });
  });

  it('without one the next alert has its turn', async () => {
    const world = worldWith({});
    await receive(world);
    await collect(world);
    expect(await receive(world, later)).toMatchObject({ status: 'running' });
  });
});

describe('an alert that our own run caused', () => {
  const trace = (path: string) => ({ path, commandLine: null, processId: null, parentProcessId: null });
  const ours = (id: string) => trace(`/var/tmp/evidence-collector-${id}-0/files/0`);

  it('is skipped and recorded', async () => {
    const world = worldWith({});
    const first = await receive(world);
    const caused = { id: 'da1_2', createdAt: '2026-11-20T08:00:30.000Z', traces: [ours(first.id)] };
    const skipped = await receive(world, caused);
    expect(skipped).toMatchObject({ status: 'skipped', reason: expect.stringContaining(`collection ${first.id}`) });
    expect((await world.ports.collections.readCustody(skipped.id)).join()).toContain('"event":"skipped"');
    expect(world.logs).toContainEqual(expect.objectContaining({ event: 'own run', alert: 'da1_2', by: first.id }));
  });

  it.each<readonly [string, (id: string) => Partial<Alert>]>([
    ['names something else as well', (id) => ({ traces: [ours(id), trace('/tmp/evil')] })],
    ['names a run that never was', () => ({ traces: [ours('e'.repeat(32))] })],
  ])('is not one that %s', async (_, write) => {
    const world = worldWith({});
    const first = await receive(world);
    const other = await receive(world, { id: 'da1_2', createdAt: '2026-11-20T08:00:30.000Z', ...write(first.id) });
    expect(other.status).not.toBe('skipped');
  });
});

describe('files that were not requested', () => {
  it('are rows of the plan that is packed', async () => {
    const world = worldWith({ profile: { limits: { files: 1 } } });
    const file = (path: string | null) => ({ path, sha1: null, sha256: 'd'.repeat(64), md5: null, sizeBytes: null });
    const { id } = await receive(world, { files: [file('/a'), file('/b'), file(null)] });
    const packed = JSON.parse(world.blobs.get(`${id}/data/alert/plan.json`) ?? '{}') as { notRequested: unknown };
    expect(packed.notRequested).toEqual([
      { path: '/b', sha256: 'd'.repeat(64), why: expect.stringContaining('beyond') },
      { path: null, sha256: 'd'.repeat(64), why: expect.stringContaining('no path') },
    ]);
  });
});
