import { afterEach, expect } from 'vitest';
import type { EvidencePort } from '../../shared/pipeline/ports.ts';
import { type Fleet, startFleet } from '../load/fleet.ts';

/** The script that is tampered with. */
export const NAME = 'evidence-triage.ps1';

/** What passes between two polls. */
export const TICK_MS = 15_000;

let fleet: Fleet | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

/** The collector and one alert on a machine, until the test ends; `pendingMs` is how long a live response pends there. */
export async function startOne(pendingMs: number, offline = 0): Promise<Fleet> {
  fleet = await startFleet({ instances: 1, load: { machines: 1, offline, commandMs: 30_000, timings: { pendingMs } } });
  return fleet;
}

/** The ports of the only instance. */
export function portsOf({ instances: [instance] }: Fleet) {
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

/** Puts something else in the script's place. */
export const tamper = (on: Fleet) => putFile(on, 'Remove-Item C:\\ -Recurse');

/** Puts the reviewed script back. */
async function putBack(on: Fleet): Promise<void> {
  const script = (await portsOf(on).content.scripts()).get(NAME);
  if (script === undefined) throw new Error(`${NAME} is not among the reviewed scripts.`);
  await putFile(on, new TextDecoder().decode(script.content));
}

/** Polls every 15 s until the collection is in one of these statuses. */
export async function pollUntil(on: Fleet, id: string, ...statuses: readonly string[]) {
  for (let polls = 0; polls < 80; polls += 1) {
    const collection = await on.show(id);
    if (statuses.includes(collection.status)) return collection;
    await on.clock.advance(TICK_MS);
    await on.pollAll();
  }
  throw new Error(`It is ${(await on.show(id)).status}, not ${statuses.join(' or ')}.`);
}

/** What a package says of its scripts, and its report. */
export async function readPackage(evidence: EvidencePort, id: string) {
  const record = JSON.parse((await evidence.readText(id, 'collection.json')) ?? '') as {
    results: { script: { verdict: string; explanation: string } | null }[];
    custody: { entries: { event: string; detail: Record<string, unknown> }[] };
  };
  return { ...record, report: (await evidence.readText(id, 'report.html')) ?? '' };
}

/** Receives the load's alert; answers the id of its collection. */
export async function receive(on: Fleet): Promise<string> {
  const [id] = await on.receiveAll();
  if (id === undefined) throw new Error('Nothing was received.');
  return id;
}

/** A script that is swapped once it runs, and perhaps back before anyone looks: what it left is marked, and says why. */
export async function expectMarked(swapped: 'stays so' | 'is swapped back', why: string): Promise<void> {
  const on = await startOne(5_000);
  const id = await receive(on);
  await pollUntil(on, id, 'running');
  // The machine has taken it up, and the next poll comes only after its end.
  await on.clock.advance(20_000);
  expect(on.simulator.actions()).toMatchObject([{ status: 'InProgress' }]);
  await tamper(on);
  await on.clock.advance(1_000);
  if (swapped === 'is swapped back') await putBack(on);
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
}
