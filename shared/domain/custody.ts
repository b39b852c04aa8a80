import canonicalize from 'canonicalize';

/** SHA-256 of a text's UTF-8 bytes, as 64 hex digits; passed in, as the domain computes nothing outside itself. */
export type Sha256 = (text: string) => string;

/** What happened, before it has its number and its place in the chain. */
export interface CustodyFact {
  /** What happened, in a few words, such as `started` or `result stored`. */
  readonly event: string;
  /** Who did it: this product, or the caller who asked for it. */
  readonly actor: string;
  /** Who asked for it, where somebody did and is known: an object, app or key id, never a secret. */
  readonly caller?: string;
  /** ISO 8601 UTC, by the table service's clock when the collection was read for this; absent where that is not known. */
  readonly atService?: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

/** One entry of a custody log: numbered from 1, and chained by the hash of the entry before. */
export interface CustodyEntry extends CustodyFact {
  readonly number: number;
  /** ISO 8601 UTC, by the clock of the instance that wrote it; order is by number, not by this. */
  readonly at: string;
  /** SHA-256 of the line before, 64 zeros for the first. */
  readonly previous: string;
}

/** The end of a chain: how many entries there are, and the hash of the last. */
export interface CustodyHead {
  readonly count: number;
  readonly head: string;
}

/** The head of a chain that has no entry yet. */
export const NO_CUSTODY: CustodyHead = { count: 0, head: '0'.repeat(64) };

/** An entry as it is kept: its line is canonical JSON (RFC 8785) without a line end. */
export interface CustodyLine {
  readonly number: number;
  readonly line: string;
}

/** The part of a fact that names who asked for it, empty where nobody did. */
export function nameCaller(caller: { readonly id: string } | undefined): Pick<CustodyFact, 'caller'> {
  return caller === undefined ? {} : { caller: caller.id };
}

/** The lines that follow on a head, and the head after them. */
export function chainFacts(
  head: CustodyHead,
  facts: readonly CustodyFact[],
  at: string,
  sha256: Sha256,
): { readonly lines: readonly CustodyLine[]; readonly head: CustodyHead } {
  const lines: CustodyLine[] = [];
  let { count, head: previous } = head;
  for (const fact of facts) {
    count += 1;
    const detail = wellForm(fact.detail);
    const entry: CustodyEntry = {
      number: count,
      at,
      event: fact.event,
      actor: fact.actor,
      detail,
      previous,
      // Absent members leave a line as it was before there were any: every chain ever written goes on.
      ...(fact.caller === undefined ? {} : { caller: fact.caller.toWellFormed() }),
      ...(fact.atService === undefined ? {} : { atService: fact.atService }),
    };
    const line = canonicalize(entry);
    if (line === undefined) throw new Error(`Custody entry ${count} cannot be written as JSON.`);
    lines.push({ number: count, line });
    previous = sha256(line);
  }
  return { lines, head: { count, head: previous } };
}

/** The facts with the table service's time of reading what they are about. */
export function stampFacts(facts: readonly CustodyFact[], atService: string | undefined): readonly CustodyFact[] {
  return atService === undefined ? facts : facts.map((fact) => ({ ...fact, atService }));
}

/** Half a character, which foreign text may end in, is no Unicode and would be no canonical JSON (RFC 8785, 3.2.2.2). */
function wellForm(detail: CustodyFact['detail']): CustodyFact['detail'] {
  return Object.fromEntries(
    Object.entries(detail).map(([key, value]) => [key, typeof value === 'string' ? value.toWellFormed() : value]),
  );
}

/** What a check of a custody log found: that it is whole, or the first entry that is not, and why. */
export type CustodyVerdict =
  | { readonly verdict: 'whole'; readonly head: CustodyHead }
  | { readonly verdict: 'broken'; readonly number: number; readonly why: string };

/** Checks numbers and hashes of a custody log from its first line to its last. */
export function checkCustody(lines: readonly string[], sha256: Sha256): CustodyVerdict {
  let head = NO_CUSTODY;
  for (const line of lines) {
    const number = head.count + 1;
    const entry = readEntry(line);
    if (entry === null) return { verdict: 'broken', number, why: 'It is not a custody entry.' };
    if (entry.number !== number) return { verdict: 'broken', number, why: `It bears the number ${entry.number}.` };
    if (entry.previous !== head.head)
      return { verdict: 'broken', number, why: 'It does not follow on the entry before.' };
    head = { count: number, head: sha256(line) };
  }
  return { verdict: 'whole', head };
}

function readEntry(line: string): { number: number; previous: string } | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('number' in value) || !('previous' in value)) return null;
    const { number, previous } = value;
    return typeof number === 'number' && typeof previous === 'string' ? { number, previous } : null;
  } catch {
    return null;
  }
}
