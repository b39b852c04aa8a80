import { afterEach, describe, expect, it } from 'vitest';
import type { EvidencePort } from '../../shared/pipeline/ports.ts';
import { syncLibrary } from '../../shared/pipeline/sync-library.ts';
import { type Fleet, startFleet } from '../load/fleet.ts';

const NAME = 'evidence-triage.ps1';
const TICK_MS = 15_000;

let fleet: Fleet | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

/** The collector and one alert on a machine; `pendingMs` is how long a live response pends there. */
async function startOne(pendingMs: number, offline = 0): Promise<Fleet> {
  fleet = await startFleet({ instances: 1, load: { machines: 1, offline, commandMs: 30_000, timings: { pendingMs } } });
  return fleet;
}

function portsOf({ instances: [instance] }: Fleet) {
  if (instance === undefined) throw new Error('There is no instance.');
  return instance.ports;
}

/** Puts a file into the library by its own API, as whoever may manage it can. */
async function putFile({ simulator }: Fleet, text: string): Promise<void> {
  const form = new FormData();
  form.append('file', new File([text], NAME), NAME);
  form.append('OverrideIfExists', 'true');
  form.append('Description', 'Not what it was.');
  const answer = await fetch(`${simulator.apiUrl}/api/libraryfiles`, {
    method: 'POST',
    headers: { authorization: `Bearer ${simulator.token}` },
    body: form,
  });
  expect(answer.status).toBe(200);
}

const tamper = (on: Fleet) => putFile(on, 'Remove-Item C:\\ -Recurse');

async function reviewed(on: Fleet): Promise<string> {
  const script = (await portsOf(on).content.scripts()).get(NAME);
  if (script === undefined) throw new Error(`${NAME} is not among the reviewed scripts.`);
  return new TextDecoder().decode(script.content);
}

/** Polls every 15 s until the collection is in one of these statuses. */
async function pollUntil(on: Fleet, id: string, ...statuses: readonly string[]) {
  for (let polls = 0; polls < 80; polls += 1) {
    const collection = await on.show(id);
    if (statuses.includes(collection.status)) return collection;
    await on.clock.advance(TICK_MS);
    await on.pollAll();
  }
  throw new Error(`It is ${(await on.show(id)).status}, not ${statuses.join(' or ')}.`);
}

async function readPackage(evidence: EvidencePort, id: string) {
  const record = JSON.parse((await evidence.readText(id, 'collection.json')) ?? '') as {
    results: { script: { verdict: string; explanation: string } | null }[];
    custody: { entries: { event: string; detail: Record<string, unknown> }[] };
  };
  return { ...record, report: (await evidence.readText(id, 'report.html')) ?? '' };
}

async function receive(on: Fleet): Promise<string> {
  const [id] = await on.receiveAll();
  if (id === undefined) throw new Error('Nothing was received.');
  return id;
}

describe('a script of the tenant’s library', () => {
  it('that was tampered with is never dispatched, until it is replaced knowingly', async () => {
    const on = await startOne(5_000);
    await tamper(on);
    const id = await receive(on);
    for (let polls = 0; polls < 20; polls += 1) {
      await on.clock.advance(TICK_MS);
      await on.pollAll();
    }
    expect(await on.show(id)).toMatchObject({
      status: 'planned',
      reason: expect.stringMatching(
        /evidence-triage\.ps1 .* is not the reviewed script \(put there by .+ on 2026-11-20T/,
      ),
    });
    expect(on.simulator.actions()).toEqual([]);
    expect(on.simulator.calls().filter((call) => call.endpoint === 'runliveresponse')).toEqual([]);

    expect(await syncLibrary(portsOf(on), { does: 'apply', replace: [] })).toMatchObject({
      library: 'lacks reviewed scripts',
    });
    expect(await syncLibrary(portsOf(on), { does: 'apply', replace: [NAME] })).toMatchObject({
      library: 'holds the reviewed scripts',
    });
    expect(await pollUntil(on, id, 'collected')).toMatchObject({ reason: null });
    const { results } = await readPackage(portsOf(on).evidence, id);
    expect(results.map(({ script }) => script?.verdict)).toEqual(['proven', 'proven']);
  });

  it('that is swapped while a live response pends has it cancelled before the machine takes it up', async () => {
    const on = await startOne(10 * 60_000, 1);
    const id = await receive(on);
    await pollUntil(on, id, 'running');
    await tamper(on);
    await pollUntil(on, id, 'planned');
    const [action] = on.simulator.actions();
    expect(on.simulator.actions()).toHaveLength(1);
    expect(action).toMatchObject({ status: 'Cancelled' });
    expect(action?.commands.every(({ commandStatus }) => commandStatus === 'Created')).toBe(true);
    await on.clock.advance(TICK_MS);
    await on.pollAll();
    expect((await on.show(id)).reason).toContain('is not the reviewed script');
    expect(on.simulator.actions()).toHaveLength(1);
    const custody = (await portsOf(on).collections.readCustody(id)).join('\n');
    expect(custody).toMatch(/"why":"script swapped"/);
  });

  it.each([
    ['stays so', false, 'is not the reviewed script any more'],
    ['is swapped back before anyone looks', true, 'was changed since and is the reviewed script again'],
  ])('that is swapped once it runs and %s marks what it left', async (_, isSwappedBack, why) => {
    const on = await startOne(5_000);
    const id = await receive(on);
    await pollUntil(on, id, 'running');
    // The machine has taken it up, and the next poll comes only after its end.
    await on.clock.advance(20_000);
    expect(on.simulator.actions()).toMatchObject([{ status: 'InProgress' }]);
    await tamper(on);
    await on.clock.advance(1_000);
    if (isSwappedBack) await putFile(on, await reviewed(on));
    const ended = await pollUntil(on, id, 'collected', 'partial');
    expect(ended).toMatchObject({ status: 'collected', reason: expect.stringContaining(why) });
    const { results, custody, report } = await readPackage(portsOf(on).evidence, id);
    expect(results.map(({ script }) => script?.verdict)).toEqual(['unproven', 'unproven']);
    expect(results.map(({ script }) => script?.explanation)).toEqual([
      expect.stringContaining(why),
      expect.stringContaining(why),
    ]);
    expect(custody.entries.find(({ event }) => event === 'script unproven')?.detail).toMatchObject({ script: NAME });
    expect(report).toContain('script unproven');
  });
});
