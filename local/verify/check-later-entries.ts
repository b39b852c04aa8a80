import type { Sha256 } from '../../shared/domain/custody.ts';
import { custodyRowSchema } from '../../shared/domain/package-record-schema.ts';
import type { Fault } from './fault.ts';
import type { LaterEntry } from './package-source.ts';

/** Where the chain stands at the entry that seals: how many entries, and the hash of the last. */
interface SealedHead {
  readonly count: number;
  readonly head: string;
}

/** Follows the chain beyond the entry that seals: each later entry is a file of its own, and none may be missing between two. */
export function checkLaterEntries(later: readonly LaterEntry[], sealed: SealedHead, sha256: Sha256): readonly Fault[] {
  let { count, head } = sealed;
  const faults: Fault[] = [];
  for (const { number, text } of later.toSorted((one, other) => one.number - other.number)) {
    const path = nameLater(number);
    if (number <= sealed.count) {
      faults.push({ path, what: `It was added: the package itself holds entry ${number}.` });
      continue;
    }
    if (number !== count + 1) faults.push({ path, what: `An entry before it is missing: entry ${count + 1}.` });
    const entry = parse(text);
    const read = custodyRowSchema.safeParse(entry);
    if (!read.success || typeof entry !== 'object' || entry === null || !('previous' in entry))
      faults.push({ path, what: 'It is not in the form of a custody entry.' });
    else if (read.data.number !== number) faults.push({ path, what: `It bears the number ${read.data.number}.` });
    else if (number === count + 1 && entry.previous !== head)
      faults.push({ path, what: 'It does not follow on the entry before: one of the two was changed or exchanged.' });
    count = number;
    head = sha256(text);
  }
  return faults;
}

/** How a later entry is named in a fault, as it lies in storage beside the packages. */
function nameLater(number: number): string {
  return `custody/${number}.json`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
