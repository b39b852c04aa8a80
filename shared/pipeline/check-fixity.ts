import type { SealedPackage } from '../domain/collection.ts';
import { noteFact } from '../domain/step.ts';
import { describeFaults, type FixityFault } from '../domain/fixity.ts';
import { beginCheck, type FixityRound, leaveRun, passCollection } from '../domain/fixity-round.ts';
import { appendCustody } from './append-custody.ts';
import { type Budget, checkFixityOfPackage } from './check-fixity-of-package.ts';
import type { FixityPorts, Placed } from './check-fixity-ports.ts';

/** What one run came to. */
export interface FixityRun {
  readonly checked: number;
  readonly mismatches: number;
}

const DAY_MS = 86_400_000;
/** A run begins no further file after this. */
const MOST_MS = 10 * 60_000;
const MOST_BYTES = 32 * 1024 ** 3;
/** A run looks at no more collections than this, packages or not. */
const MOST_COLLECTIONS = 500;
/** A package that could not be read so often is left to the next round. */
const MOST_TRIES = 3;

/**
 * One run of the check of old packages: goes on where the last run stopped and writes what it finds into each package's
 * custody log, never into the package. The place is saved after that, so a crash repeats a check and loses none.
 */
export async function checkFixity(ports: FixityPorts): Promise<FixityRun> {
  let checked = 0;
  let mismatches = 0;
  let round = ports.mode === 'off' ? null : await ports.takeRun(ports.intervalDays * DAY_MS);
  if (round === null) return { checked, mismatches };
  const budget = openBudget(ports);
  let looked = 0;
  let stage: FixityRound['stage'] = 'under way';
  while (stage === 'under way' && looked < MOST_COLLECTIONS && budget.isSpent() === 'room left') {
    const page = await ports.listAfter(round.after);
    if (page.length === 0) stage = 'done';
    for (const placed of page) {
      if (budget.isSpent() === 'spent') break;
      looked += 1;
      const step = await checkNext(ports, round, placed, budget);
      round = step.round;
      checked += step.found === 'nothing' ? 0 : 1;
      mismatches += step.found === 'mismatch' ? 1 : 0;
      if (step.goes === 'no further') {
        await ports.saveRound(leaveRun(round, stage));
        return { checked, mismatches };
      }
    }
  }
  await ports.saveRound(leaveRun(round, stage));
  return { checked, mismatches };
}

interface Checked {
  readonly round: FixityRound;
  readonly found: 'nothing' | 'verified' | 'mismatch';
  readonly goes: 'on' | 'no further';
}

/** Checks one collection's package, if it has one, and goes past it; one that cannot be read now is tried again by the next runs. */
async function checkNext(ports: FixityPorts, before: FixityRound, placed: Placed, budget: Budget): Promise<Checked> {
  const { id, key } = placed;
  const past = passCollection(before, key);
  if ((before.begun?.tries ?? 0) >= MOST_TRIES) {
    ports.log({ event: 'fixity', collection: id, outcome: 'given up', tries: MOST_TRIES });
    await ports.saveRound(past);
    return { round: past, found: 'nothing', goes: 'on' };
  }
  let round = before;
  try {
    const sealed = await readSeal(ports, id);
    if (sealed === null) return { round: past, found: 'nothing', goes: 'on' };
    round = beginCheck(before);
    await ports.saveRound(round);
    const startedMs = ports.now().getTime();
    const begun = round.begun ?? { through: null, files: 0, bytes: 0 };
    const { check, through, files, bytes, faults } = await checkFixityOfPackage(ports, id, sealed, begun, budget);
    if (check === 'to be continued' && faults.length === 0) {
      const kept = { ...round, begun: { through, files, bytes, tries: 0 } };
      return { round: kept, found: 'nothing', goes: 'no further' };
    }
    const found = faults.length === 0 ? 'verified' : 'mismatch';
    const durationMs = ports.now().getTime() - startedMs;
    ports.log({ event: 'fixity', collection: id, outcome: found, files, bytes, faults: faults.length, durationMs });
    await record(ports, id, { sealed, files, bytes, faults });
    await ports.saveRound(past);
    return { round: past, found, goes: 'on' };
  } catch (fault) {
    const { code } = ports.explain(fault);
    ports.log({ event: 'fault', at: 'fixity', collection: id, code });
    // A row that can never be read again is set aside by the poll; it holds nobody up here.
    if (code === 'unreadable-row') return { round: past, found: 'nothing', goes: 'on' };
    return { round, found: 'nothing', goes: 'no further' };
  }
}

async function readSeal({ collections }: FixityPorts, id: string): Promise<SealedPackage | null> {
  const collection = (await collections.load(id))?.collection;
  return collection !== undefined && 'sealed' in collection ? collection.sealed : null;
}

interface Findings {
  readonly sealed: SealedPackage;
  readonly files: number;
  readonly bytes: number;
  readonly faults: readonly FixityFault[];
}

async function record(ports: FixityPorts, id: string, { sealed, files, bytes, faults }: Findings): Promise<void> {
  const { tagmanifestSha256 } = sealed;
  if (faults.length === 0) {
    await appendCustody(ports, id, noteFact('verified', { files, bytes, tagmanifestSha256 }));
    return;
  }
  const at = ports.now().toISOString();
  const detail = { files, bytes, tagmanifestSha256, faults: faults.length, what: describeFaults(faults) };
  const appended = await appendCustody(ports, id, noteFact('evidence mismatch', detail));
  if (appended.appended === 'no such collection')
    throw new Error(`Collection ${id} left the table while its package was checked; restore its rows from a backup.`);
  const entry = appended.number;
  ports.log({ event: 'evidence mismatch', collection: id, entry, faults: faults.length });
  await ports.tellMismatch({ collectionId: id, entry, at, faults });
}

function openBudget({ now }: FixityPorts): Budget {
  const startedMs = now().getTime();
  let bytes = 0;
  return {
    spend: (more) => {
      bytes += more;
    },
    isSpent: () => (bytes >= MOST_BYTES || now().getTime() - startedMs >= MOST_MS ? 'spent' : 'room left'),
  };
}
