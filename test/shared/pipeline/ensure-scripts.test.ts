import { describe, expect, it } from 'vitest';
import type { LibraryFile } from '../../../shared/domain/library-file.ts';
import { describeOpen } from '../../../shared/domain/open-entry.ts';
import { advance, goAlone } from '../../../shared/pipeline/advance.ts';
import { dispatchWaiting } from '../../../shared/pipeline/dispatch-waiting.ts';
import { ensureScripts } from '../../../shared/pipeline/ensure-scripts.ts';
import type { DefenderPort, Ports } from '../../../shared/pipeline/ports.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { viewLibrary } from '../../../shared/pipeline/view-library.ts';
import { ALERT_ID, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, SCRIPT_SHA256, type World } from '../../memory/world.ts';

const NAME = 'evidence-triage.sh';
const WANTED = [{ name: NAME, sha256: SCRIPT_SHA256 }];

const reviewed: LibraryFile = {
  fileName: NAME,
  sha256: SCRIPT_SHA256,
  createdBy: 'collector',
  lastUpdatedAt: '2026-11-20T07:00:00Z',
};
const tampered: LibraryFile = { ...reviewed, sha256: 'e'.repeat(64), createdBy: 'mallory' };

async function ensure(world: World, overrides: Partial<DefenderPort> = {}, wanted = WANTED) {
  const ports: Ports = { ...world.ports, defender: { ...world.ports.defender, ...overrides } };
  return ensureScripts(ports, viewLibrary(ports), 'a'.repeat(32), wanted);
}

describe('before a start', () => {
  it('a library that holds the reviewed script is ready, as it is listed', async () => {
    const world = makeWorld();
    world.library.push(reviewed);
    expect(await ensure(world)).toEqual({
      readiness: 'ready',
      scripts: [{ name: NAME, sha256: SCRIPT_SHA256, updatedAt: '2026-11-20T07:00:00Z' }],
    });
  });

  it('a missing script is uploaded, and counts as it is listed then', async () => {
    const world = makeWorld();
    expect(await ensure(world)).toMatchObject({ readiness: 'ready', scripts: [{ updatedAt: '2026-11-20T08:00:00Z' }] });
    expect(world.library).toHaveLength(1);
  });

  it.each<readonly [string, Partial<DefenderPort>, RegExp]>([
    ['whose upload is not listed yet', { uploadToLibrary: async () => ({ outcome: 'uploaded' }) }, /is not listed yet/],
    ['that cannot be listed', { listLibrary: () => Promise.reject(new Error('Away.')) }, /Away/],
  ])('a library %s is not ready', async (_, overrides, why) => {
    const told = await ensure(makeWorld(), overrides).catch((fault: unknown) => String(fault));
    expect(JSON.stringify(told)).toMatch(why);
  });

  it('a different script is not run, and who put it there and when is told', async () => {
    const world = makeWorld();
    world.library.push(tampered);
    expect(await ensure(world)).toMatchObject({
      readiness: 'not ready',
      reason: expect.stringContaining('put there by mallory on 2026-11-20T07:00:00Z'),
    });
    expect(world.library).toEqual([tampered]);
  });

  it('one that somebody was quicker to put there is not run, though ours was sent', async () => {
    const world = makeWorld();
    const uploadToLibrary: DefenderPort['uploadToLibrary'] = async () => {
      world.library.push(tampered);
      return { outcome: 'exists' };
    };
    expect(await ensure(world, { uploadToLibrary })).toMatchObject({
      readiness: 'not ready',
      reason: expect.stringContaining('mallory'),
    });
  });

  it('a script that this version does not carry is not uploaded under its name', async () => {
    const world = makeWorld();
    expect(await ensure(world, {}, [{ name: NAME, sha256: 'd'.repeat(64) }])).toMatchObject({
      readiness: 'not ready',
      reason: expect.stringContaining('carries another one'),
    });
    expect(world.library).toEqual([]);
  });
});

it('what was listed too long ago starts nothing', async () => {
  const world = makeWorld();
  const { ports } = world;
  world.library.push(reviewed);
  const view = viewLibrary(ports);
  await view.list();
  const reference = { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null };
  const { collection } = await receiveAlert(ports, reference, 'http');
  const planned = await advance(ports, collection.id, goAlone(ports));
  if (planned === null) throw new Error('It was not planned.');
  world.library.splice(0, 1, tampered);
  world.passTime(16_000);
  await dispatchWaiting(ports, [describeOpen(planned.collection)], new Map(), [], view);
  expect(world.sent).toEqual([]);
});

describe('a view of the library', () => {
  function count(world: World, isAway: () => boolean = () => false) {
    const counted = { calls: 0 };
    const listLibrary = async () => {
      counted.calls += 1;
      if (isAway()) throw new Error('Away.');
      return [reviewed];
    };
    const view = viewLibrary({ ...world.ports, defender: { ...world.ports.defender, listLibrary } });
    return { view, counted };
  }

  it('is listed once for all who look at it, and anew for those who must know what is now', async () => {
    const { view, counted } = count(makeWorld());
    expect(view.seen()).toBeNull();
    await Promise.all([view.list(), view.list()]);
    expect([counted.calls, view.seen()]).toEqual([1, [reviewed]]);
    await view.listAgain();
    expect(counted.calls).toBe(2);
  });

  it('is listed anew when it is too old, or when it could not be listed', async () => {
    const world = makeWorld();
    let away = true;
    const { view, counted } = count(world, () => away);
    await expect(view.list()).rejects.toThrow('Away.');
    await expect(view.list()).rejects.toThrow('Away.');
    expect([counted.calls, view.seen()]).toEqual([1, null]);
    away = false;
    view.forgetOlderThan(15_000);
    await view.list();
    world.passTime(15_000);
    view.forgetOlderThan(15_000);
    await view.list();
    expect(counted.calls).toBe(2);
    world.passTime(1);
    view.forgetOlderThan(15_000);
    await view.list();
    expect(counted.calls).toBe(3);
  });
});
