import { describe, expect, it } from 'vitest';
import { type OpenedFile, type OpenFile, openEvidence } from '../../../shared/pipeline/open-evidence.ts';
import { receiveAlerts } from '../../../shared/pipeline/receive-alerts.ts';
import { ALERT_ID, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, type World } from '../../memory/world.ts';
import { collectOnce, readLog } from './collect-once.ts';

const receipts = { writeReceipt: async () => undefined };
const CALLER = { id: 'analyst-7', standing: 'submitter' } as const;

/** A collection, and a file of it that tells what became of it. */
async function open(wrapped: 'as it is' | 'in a zip') {
  const world = makeWorld();
  const reference = { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null };
  const { collections } = await receiveAlerts(world.ports, receipts, [reference], 'http');
  const collectionId = collections[0]?.id ?? '';
  const seen: string[] = [];
  async function* content() {
    seen.push('read');
    yield Buffer.from('evidence');
  }
  const file: OpenedFile = { outcome: 'opened', content: content(), bytes: 8, drop: () => void seen.push('dropped') };
  const readCustody = async () =>
    (await world.ports.collections.readCustody(collectionId)).map((line) => JSON.parse(line) as { event: string });
  return { world, collectionId, file, seen, readCustody, wanted: { collectionId, path: 'report.html', wrapped } };
}

describe('a file of a package that somebody asks for', () => {
  it.each(['as it is', 'in a zip'] as const)('%s: is in the custody log when it is handed out', async (wrapped) => {
    const { world, file, seen, readCustody, wanted } = await open(wrapped);
    expect(await openEvidence(world.ports, async () => file, wanted, CALLER)).toBe(file);
    expect((await readCustody()).at(-1)).toMatchObject({
      event: 'exported',
      actor: 'http',
      caller: 'analyst-7',
      detail: { path: 'report.html', bytes: 8, wrapped },
    });
    expect(seen).toEqual([]);
  });

  it('is let go of unread when the custody log cannot be written', async () => {
    const { world, file, seen, readCustody, wanted } = await open('as it is');
    const before = await readCustody();
    const save = () => Promise.reject(new Error('Storage is away.'));
    const ports = { ...world.ports, collections: { ...world.ports.collections, save } };
    await expect(openEvidence(ports, async () => file, wanted, CALLER)).rejects.toThrow('Storage is away.');
    expect(seen).toEqual(['dropped']);
    expect(await readCustody()).toEqual(before);
  });

  it('is not given out where no custody log can tell of it', async () => {
    const { world, file, seen, wanted } = await open('as it is');
    const unknown = { ...wanted, collectionId: 'f'.repeat(32) };
    expect(await openEvidence(world.ports, async () => file, unknown, CALLER)).toEqual({ outcome: 'not found' });
    expect(seen).toEqual(['dropped']);
  });

  it('that is not there leaves no entry', async () => {
    const { world, readCustody, wanted } = await open('as it is');
    const before = await readCustody();
    const openNone = async () => ({ outcome: 'not found' }) as const;
    expect(await openEvidence(world.ports, openNone, wanted, CALLER)).toEqual({ outcome: 'not found' });
    expect(await readCustody()).toEqual(before);
  });
});

/** Opens what lies in the memory's evidence container, as the storage adapter does. */
function openFrom(world: World): { readonly open: OpenFile; readonly dropped: string[] } {
  const dropped: string[] = [];
  const open: OpenFile = async (collectionId, path) => {
    const text = world.blobs.get(`${collectionId}/${path}`);
    if (text === undefined) return { outcome: 'not found' };
    const content = (async function* () {
      yield new TextEncoder().encode(text);
    })();
    return { outcome: 'opened', content, bytes: Buffer.byteLength(text), drop: () => dropped.push(path) };
  };
  return { open, dropped };
}

function openBy(world: World, id: string, caller = 'analyst-7', open = openFrom(world).open) {
  const wanted = { collectionId: id, path: 'report.html', wrapped: 'as it is' } as const;
  return openEvidence(world.ports, open, wanted, { ...CALLER, id: caller });
}

describe('opening a file of a sealed package', () => {
  it('is the next entry of the chain and a blob of its own, and the package stays as it is', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const packed = [...world.blobs].filter(([name]) => name.startsWith(`${id}/`));
    const before = await readLog(world, id);
    expect(await openBy(world, id)).toMatchObject({ outcome: 'opened' });
    const after = await readLog(world, id);
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toMatchObject({
      event: 'exported',
      actor: 'http',
      caller: 'analyst-7',
      detail: { path: 'report.html', wrapped: 'as it is' },
    });
    expect(JSON.parse(world.blobs.get(`custody:${id}/${after.length}.json`) ?? '')).toEqual(after.at(-1));
    expect([...world.blobs].filter(([name]) => name.startsWith(`${id}/`))).toEqual(packed);
    expect((await world.ports.collections.load(id))?.collection).toMatchObject({
      status: 'collected',
      custody: { count: after.length },
    });
  });

  it('lets go of the file when it cannot be noted, and the next opening writes the blob that was cut short', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const evidence = { ...world.ports.evidence, putCustodyLine: () => Promise.reject(new Error('cut')) };
    const { open, dropped } = openFrom(world);
    const wanted = { collectionId: id, path: 'report.html', wrapped: 'as it is' } as const;
    await expect(openEvidence({ ...world.ports, evidence }, open, wanted, CALLER)).rejects.toThrow('cut');
    expect(dropped).toEqual(['report.html']);
    const { length } = await readLog(world, id);
    expect(world.blobs.has(`custody:${id}/${length}.json`)).toBe(false);
    await openBy(world, id, 'key');
    expect(world.blobs.has(`custody:${id}/${length}.json`)).toBe(true);
  });
});
