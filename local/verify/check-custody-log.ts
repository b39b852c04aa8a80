import { checkCustody, type Sha256 } from '../../shared/domain/custody.ts';
import { type CustodyRow, custodyRowSchema } from '../../shared/domain/package-record-schema.ts';
import type { Fault } from './fault.ts';

/** What a package's custody log holds, and what is wrong with it. */
export interface CustodyCheck {
  readonly entries: readonly CustodyRow[];
  /** The hash of the last entry, null when the chain is broken. */
  readonly head: string | null;
  readonly faults: readonly Fault[];
}

const PATH = 'custody.jsonl';

/** Follows the chain of a custody log to its end, which must be the entry that seals this payload manifest. */
export function checkCustodyLog(text: string, manifestSha256: string | null, sha256: Sha256): CustodyCheck {
  const lines = text.split('\n');
  const rest = lines.pop();
  const faults: Fault[] = [];
  if (rest !== '') faults.push({ path: PATH, what: 'Its last line has no end.' });
  const chain = checkCustody(lines, sha256);
  if (chain.verdict === 'broken')
    faults.push({ path: PATH, what: `The chain is broken at entry ${chain.number}. ${chain.why}` });

  const entries: CustodyRow[] = [];
  for (const [index, line] of lines.entries()) {
    const read = custodyRowSchema.safeParse(parseJson(line));
    if (read.success) entries.push(read.data);
    else if (chain.verdict === 'whole')
      faults.push({ path: PATH, what: `Entry ${index + 1} is not in the form of a custody entry.` });
  }
  const last = entries.at(-1);
  if (last?.event !== 'sealing')
    faults.push({ path: PATH, what: 'Its last entry is not the one that seals: the end was cut off.' });
  else if (manifestSha256 !== null && last.detail['manifestSha256'] !== manifestSha256) {
    faults.push({ path: PATH, what: 'Its last entry seals another manifest-sha256.txt than the one that is here.' });
  }
  return { entries, head: chain.verdict === 'whole' ? chain.head.head : null, faults };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
