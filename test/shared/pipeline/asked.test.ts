import { describe, expect, it } from 'vitest';
import type { AlertReference } from '../../../shared/domain/alert.ts';
import type { Asked } from '../../../shared/domain/asked.ts';
import { requestedFiles } from '../../../shared/domain/merge-alert.ts';
import { advance, goAlone } from '../../../shared/pipeline/advance.ts';
import { createCollection } from '../../../shared/pipeline/create-collection.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { retryCollection } from '../../../shared/pipeline/retry-collection.ts';
import { ALERT_ID, alert, MACHINE_ID, machine, profile } from '../../memory/samples.ts';
import { makeWorld, type World } from '../../memory/world.ts';

const OTHER_ID = '2'.repeat(40);
const receipts = { writeReceipt: async () => undefined };
const nothing: Asked = { about: 'machine', machineName: null, profileId: null, files: [] };
const byHand = (asked: Partial<Asked> = {}, machineId: string | null = MACHINE_ID): AlertReference => ({
  alertId: 'by-hand:ticket-7',
  machineId,
  severity: 'Medium',
  asked: { ...nothing, ...asked },
});

async function plan(world: World, reference: AlertReference) {
  const { collection } = await receiveAlert(world.ports, reference, 'http');
  const advanced = await advance(world.ports, collection.id, goAlone(world.ports));
  if (advanced === null) throw new Error('There is no such collection.');
  return advanced.collection;
}

describe('a machine without an alert', () => {
  it('is planned, and what was asked for is in the package in place of the alert', async () => {
    const world = makeWorld();
    const planned = await plan(world, byHand({ files: ['/etc/motd'] }));
    expect(planned).toMatchObject({ status: 'planned', machineId: MACHINE_ID, machineName: 'web-01.contoso.com' });
    expect(planned.documents.map((document) => document.path)).toEqual([
      'data/alert/request.json',
      'data/alert/machine.json',
      'data/alert/plan.json',
    ]);
    expect(JSON.parse(world.blobs.get(`${planned.id}/data/alert/request.json`) ?? '')).toMatchObject({
      key: 'by-hand:ticket-7',
      asked: { files: ['/etc/motd'] },
    });
    if (planned.status !== 'planned') throw new Error('It is not planned.');
    expect([...requestedFiles(planned.plan).keys()]).toEqual(['/etc/motd']);
  });

  it('by its name is found, and asked for by its id with the same key it is the same', async () => {
    const world = makeWorld();
    const named = await plan(world, byHand({ machineName: 'WEB-01.contoso.com' }, null));
    expect(named).toMatchObject({ status: 'planned', machineId: MACHINE_ID });
    expect(await plan(world, byHand())).toMatchObject({ status: 'merged', mergedInto: named.id });
  });

  it.each<readonly [string, readonly (readonly [id: string, health: string])[], object]>([
    [
      'two machines, both active',
      [
        [MACHINE_ID, 'Active'],
        [OTHER_ID, 'Active'],
      ],
      { status: 'skipped', reason: expect.stringMatching(/2 machines named web-01.contoso.com; nothing is run/) },
    ],
    [
      'two machines, one of which reports',
      [
        [MACHINE_ID, 'Inactive'],
        [OTHER_ID, 'Active'],
      ],
      { status: 'planned', machineId: OTHER_ID },
    ],
    ['no machine', [], { status: 'skipped', reason: 'Defender knows no machine named web-01.contoso.com.' }],
  ])('by a name of %s', async (_, known, expected) => {
    const world = makeWorld();
    world.machines.clear();
    for (const [id, healthStatus] of known) world.machines.set(id, { ...machine, id, healthStatus });
    const { collection } = await receiveAlert(world.ports, byHand({ machineName: 'web-01.contoso.com' }, null), 'http');
    world.passTime(60_000);
    const advanced = await advance(world.ports, collection.id, goAlone(world.ports));
    expect(advanced?.collection).toMatchObject(expected);
  });

  it('that Defender does not know yet is asked for again', async () => {
    const world = makeWorld();
    expect(await plan(world, byHand({}, OTHER_ID))).toMatchObject({
      status: 'received',
      reason: expect.stringMatching(/asked for again/),
    });
  });

  it('is not merged into what another alert collects there, nor does it stand for that alert', async () => {
    const world = makeWorld();
    const first = await plan(world, { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null });
    expect(await plan(world, byHand())).toMatchObject({ status: 'planned' });
    world.alerts.set('da2_2', { ...alert, id: 'da2_2' });
    expect(await plan(world, { alertId: 'da2_2', machineId: null, severity: null })).toMatchObject({
      status: 'merged',
      mergedInto: first.id,
    });
  });

  it('keeps what was asked for when it is tried again', async () => {
    const world = makeWorld({ mode: 'observe' });
    const asked = { profileId: 'linux-triage', files: ['/etc/motd'] };
    const { id, status } = await plan(world, byHand(asked));
    expect(status).toBe('skipped');
    const retried = await retryCollection(world.ports, id, 'http');
    expect(retried).toMatchObject({ outcome: 'opened', collection: { id: `${id}-r1`, asked } });
  });
});

describe('a collection by hand', () => {
  it('under the same key is the same one, and a key is not used for something else', async () => {
    const world = makeWorld({ mode: 'off' });
    const first = await createCollection(world.ports, receipts, byHand(), 'http');
    const again = await createCollection(world.ports, receipts, byHand(), 'http');
    expect(first).toMatchObject({ outcome: 'accepted' });
    expect(again).toEqual(first);
    const others = [byHand({ profileId: 'linux-triage' }), byHand({ files: ['/etc/motd'] })];
    for (const other of others)
      expect(await createCollection(world.ports, receipts, other, 'http')).toMatchObject({ outcome: 'key used' });
    expect(await createCollection(world.ports, receipts, byHand({}, OTHER_ID), 'http')).toMatchObject({
      outcome: 'accepted',
    });
  });
});

describe('a chosen profile', () => {
  const picky = { ...profile, id: 'picky', order: 1, when: { ...profile.when, category: 'Nothing of the kind' } };
  const offer = (world: World) => ({
    ...world,
    ports: { ...world.ports, content: { ...world.ports.content, profiles: async () => [profile, picky] } },
  });

  it('is taken whatever alert it is for', async () => {
    const planned = await plan(offer(makeWorld()), byHand({ profileId: 'picky' }));
    expect(planned).toMatchObject({ status: 'planned', plan: { profileId: 'picky' } });
  });

  it('that there is none of is not replaced by another', async () => {
    const skipped = await plan(offer(makeWorld()), byHand({ profileId: 'none' }));
    expect(skipped).toMatchObject({ status: 'skipped', reason: expect.stringMatching(/no profile none/) });
  });

  it('is not run on a system it is not for', async () => {
    const world = makeWorld();
    world.machines.set(MACHINE_ID, { ...machine, osPlatform: 'Windows11', operatingSystem: 'windows' });
    expect(await plan(offer(world), byHand({ profileId: 'picky' }))).toMatchObject({ status: 'skipped' });
  });

  it('and chosen files go with an alert as well', async () => {
    const asked: Asked = { about: 'alert', machineName: null, profileId: 'picky', files: ['/etc/motd'] };
    const planned = await plan(offer(makeWorld()), { alertId: ALERT_ID, machineId: null, severity: null, asked });
    if (planned.status !== 'planned') throw new Error(`It is ${planned.status}: ${planned.reason}`);
    expect(planned.plan.profileId).toBe('picky');
    expect([...requestedFiles(planned.plan).keys()]).toEqual(['/usr/local/bin/kdevtmpfsi', '/etc/motd']);
  });
});

describe('an alert whose evidence names several machines', () => {
  const other = { ...machine, id: OTHER_ID, name: 'web-02.contoso.com' };

  it('is collected from the one that Defender names and from the other', async () => {
    const world = makeWorld();
    world.machines.set(OTHER_ID, other);
    const asked: Asked = { ...nothing, about: 'one of its machines' };
    for (const machineId of [MACHINE_ID, OTHER_ID])
      expect(await plan(world, { alertId: ALERT_ID, machineId, severity: null, asked })).toMatchObject({
        status: 'planned',
        machineId,
      });
  });

  it('without that, a machine that is not the alert\u2019s is not touched', async () => {
    const world = makeWorld();
    world.machines.set(OTHER_ID, other);
    expect(await plan(world, { alertId: ALERT_ID, machineId: OTHER_ID, severity: null })).toMatchObject({
      status: 'skipped',
      reason: expect.stringMatching(/nothing is run on either/),
    });
  });
});
