import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { spellHidden } from '../../shared/domain/escape-html.ts';
import { type ChosenSource, chooseSource } from './choose-source.ts';
import { describeSignature } from './describe-signature.ts';
import { type PinReading, readFingerprint, readKeys } from './read-pins.ts';
import { verifySource } from './verify-package.ts';

const USAGE = `Usage: npm run verify -- <folder or collection id> [--key FILE | --fingerprint THUMBPRINT]

  <folder>                   a package's folder
  <collection id>            a package in the storage of EvidenceStorage (environment or local.settings.json)
  --key FILE                 the key that must have signed it: a JWK, or a set of them as GET /api/keys answers
  --fingerprint THUMBPRINT   the same by its thumbprint (RFC 7638)`;

process.exitCode = await main();

/** Prints what is wrong with a package, one line for each fault, or that it is intact; 0 intact, 5 not intact, 2 nothing was checked. */
async function main(): Promise<0 | 2 | 5> {
  const given = readArguments();
  if (given === null) return refuse('');
  const pins = await readPins(given);
  if (pins.outcome === 'fault') return refuse(pins.fault);
  try {
    const chosen = await chooseSource(given.name);
    if (chosen.outcome === 'fault') return refuse(`${given.name}: ${chosen.fault}`);
    return await check(chosen, pins.pins);
  } catch (fault) {
    return refuse(`The package cannot be read. ${await explain(fault)}`);
  }
}

async function check(
  { source, collectionId }: Extract<ChosenSource, { outcome: 'chosen' }>,
  pins: readonly string[],
): Promise<0 | 5> {
  const found = await verifySource(source, { pins, ...(collectionId === null ? {} : { collectionId }) });
  switch (found.verdict) {
    case 'intact':
      console.log(
        `Intact: ${found.files} files and ${found.custodyEntries} custody entries agree${collectionId === null ? '' : ', as they lie in EvidenceStorage'}.`,
      );
      if (collectionId !== null)
        console.log(
          `After the seal ${found.laterEntries === 1 ? 'one custody entry follows' : `${found.laterEntries} custody entries follow`} on them; whether more did, only the table of the collector tells.`,
        );
      console.log(describeSignature(found.signature));
      return 0;
    case 'not intact':
      for (const { path, what } of found.faults) console.log(`${spellHidden(path)}: ${spellHidden(what)}`);
      return 5;
    default: {
      const unknown: never = found;
      throw new Error(`Unknown verdict ${JSON.stringify(unknown)}.`);
    }
  }
}

interface Given {
  readonly name: string;
  readonly key: string | undefined;
  readonly fingerprint: string | undefined;
}

function readArguments(): Given | null {
  const options = { key: { type: 'string' }, fingerprint: { type: 'string' } } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [name, ...others] = positionals;
    if (name === undefined || others.length > 0) return null;
    if (values.key !== undefined && values.fingerprint !== undefined) return null;
    return { name, key: values.key, fingerprint: values.fingerprint };
  } catch {
    return null;
  }
}

async function readPins({ key, fingerprint }: Given): Promise<PinReading> {
  if (fingerprint !== undefined) return about('--fingerprint', readFingerprint(fingerprint));
  if (key === undefined) return { outcome: 'read', pins: [] };
  const text = await readFile(key, 'utf8').catch(() => null);
  return text === null
    ? { outcome: 'fault', fault: `--key ${key} cannot be read.` }
    : about(`--key ${key}`, await readKeys(text));
}

function about(option: string, reading: PinReading): PinReading {
  return reading.outcome === 'read' ? reading : { outcome: 'fault', fault: `${option} ${reading.fault}.` };
}

/** What kept a package from being read; what should not have happened at all is thrown on. */
async function explain(fault: unknown): Promise<string> {
  if (!(fault instanceof Error)) throw fault;
  if (fault.name === 'RestError') return (await import('../../shared/explain-fault.ts')).explainFault(fault).reason;
  if ('syscall' in fault) return `${fault.message}.`;
  if (/Credential|Authentication/.test(fault.name))
    return 'EvidenceStorage takes an identity, and there is none here: sign in with az login, or set a connection string.';
  throw fault;
}

function refuse(why: string): 2 {
  console.error(why === '' ? USAGE : `${spellHidden(why)}\n\n${USAGE}`);
  return 2;
}
