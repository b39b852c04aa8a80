import { isDeepStrictEqual } from 'node:util';
import { type PackageRecord, packageRecordSchema } from '../../shared/domain/package-record-schema.ts';
import type { CustodyCheck } from './check-custody-log.ts';
import type { Fault } from './fault.ts';
import type { Hashes } from './hash-file.ts';

/** A reading of collection.json: the record, or what keeps it from being one. */
export type RecordReading =
  | { readonly reading: 'record'; readonly record: PackageRecord }
  | { readonly reading: 'none'; readonly faults: readonly Fault[] };

type Said = Partial<Hashes> & { readonly path: string };

const PATH = 'collection.json';

/** Reads the text of collection.json. */
export function readRecord(text: string): RecordReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reading: 'none', faults: [{ path: PATH, what: 'It is no JSON.' }] };
  }
  const read = packageRecordSchema.safeParse(value);
  if (read.success) return { reading: 'record', record: read.data };
  const faults = read.error.issues.map(({ path, message }) => ({
    path: PATH,
    what: `It is not what it should be at ${path.join('.') || 'its top'}: ${message}.`,
  }));
  return { reading: 'none', faults };
}

/** Compares a record's rows with the payload and the custody log, both ways, and its account of the custody log with the log. */
export function checkRecord(
  record: PackageRecord,
  payload: ReadonlyMap<string, Hashes>,
  custody: CustodyCheck,
): readonly Fault[] {
  const rows: readonly Said[] = [...record.documents, ...record.results.filter((row) => row.status === 'stored')];
  const faults = rows.flatMap((row) => [...compareRow(row, payload.get(row.path)), ...findInCustody(row, custody)]);
  const told = new Set(rows.map(({ path }) => path));
  for (const path of payload.keys()) {
    if (!told.has(path)) faults.push({ path, what: `${PATH} does not tell of it.` });
  }
  const { count, entries, head } = record.custody;
  if (count !== custody.entries.length || !isDeepStrictEqual(entries, custody.entries)) {
    faults.push({ path: PATH, what: 'Its account of the custody log is not what custody.jsonl says.' });
  }
  if (custody.head !== null && head !== custody.head) {
    faults.push({ path: PATH, what: 'It gives another head of the custody log than custody.jsonl has.' });
  }
  return faults;
}

/** What a record says of a gzip's content against that content; null stands for bytes that have none of that length. */
export function compareContent(said: Said, content: Hashes | null): readonly Fault[] {
  if (content !== null) return compareHashes(said, content, ' of its content');
  return [{ path: said.path, what: `${PATH} tells of its content, but it is no gzip of ${said.bytes} bytes.` }];
}

function compareRow(said: Said, file: Hashes | undefined): readonly Fault[] {
  if (file === undefined) return [{ path: said.path, what: `${PATH} tells of it, but it is not there.` }];
  return compareHashes(said, file, '');
}

function compareHashes(said: Said, found: Hashes, of: string): readonly Fault[] {
  return (['bytes', 'sha256', 'sha1', 'md5'] as const).flatMap((name) =>
    said[name] === undefined || said[name] === found[name]
      ? []
      : [{ path: said.path, what: `${PATH} says that the ${name}${of} is ${said[name]}, but it is ${found[name]}.` }],
  );
}

function findInCustody(said: Said, custody: CustodyCheck): readonly Fault[] {
  const isTold = custody.entries.some(({ detail }) => detail['path'] === said.path && detail['sha256'] === said.sha256);
  return isTold
    ? []
    : [{ path: said.path, what: `custody.jsonl has no entry that it was stored with the SHA-256 in ${PATH}.` }];
}
