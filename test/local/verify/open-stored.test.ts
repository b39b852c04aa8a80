import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { openStored } from '../../../local/verify/open-stored.ts';
import { verifySource } from '../../../local/verify/verify-package.ts';
import { chainFacts } from '../../../shared/domain/custody.ts';
import { COLLECTION_ID, sha256 } from '../../shared/domain/package-record-fixture.ts';
import { makeKey } from '../../shared/evidence/signing-keys.ts';
import { makeSigned } from './build-package.ts';

const MAIN = resolve(import.meta.dirname, '../../../local/verify/main.ts');
const OTHER_ID = 'e'.repeat(32);

let azurite: Azurite;
let evidence: ContainerClient;
let custody: ContainerClient;
beforeAll(async () => {
  azurite = await startAzurite();
  const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
  [evidence, custody] = [blobs.getContainerClient('evidence'), blobs.getContainerClient('custody')];
  await Promise.all([evidence.create(), custody.create()]);
  const files = await makeSigned(makeKey());
  for (const id of [COLLECTION_ID, OTHER_ID]) await upload(id, files);
  await upload(`${COLLECTION_ID}-r1`, new Map([...files, ['data/planted', Buffer.from('x')]]));
});
afterAll(() => azurite.close());

async function upload(id: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [path, content] of files)
    await evidence.getBlockBlobClient(`${id}/${path}`).upload(content, content.length);
}

function verify(name: string, EvidenceStorage: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [MAIN, name], { env: { ...process.env, EvidenceStorage } }, (fault, stdout, stderr) =>
      done({ code: fault?.code ?? 0, stdout, stderr }),
    );
  });
}

test('a package in storage is checked by the id of its collection', async () => {
  const { code, stdout } = await verify(COLLECTION_ID, azurite.connectionString);
  expect(stdout).toMatch(
    /^Intact: 10 files and 11 custody entries agree, as they lie in EvidenceStorage\.\nAfter the seal 0 custody entries follow on them; .*\nSigned by/,
  );
  expect(code).toBe(0);
});

test('entries after the seal are followed: one that fits is counted, one that does not is a fault', async () => {
  const files = await makeSigned(makeKey());
  const id = 'b'.repeat(32);
  for (const [path, content] of files)
    await evidence.getBlockBlobClient(`${id}/${path}`).upload(content, content.length);
  const lines = (files.get('custody.jsonl') ?? '').toString().trimEnd().split('\n');
  const opened = { event: 'opened', actor: 'http', detail: { file: 'report.html' } };
  const head = { count: lines.length, head: sha256(lines.at(-1) ?? '') };
  const [first, second] = chainFacts(head, [opened, opened], '2026-03-03T00:00:00.000Z', sha256).lines;
  const put = (number: number, text = '') =>
    custody.getBlockBlobClient(`${id}/${number}.json`).upload(text, text.length);
  await put(12, first?.line);
  expect(await verifySource(openStored({ evidence, custody }, id))).toMatchObject({
    verdict: 'intact',
    laterEntries: 1,
  });
  await put(14, second?.line);
  expect(await verifySource(openStored({ evidence, custody }, id))).toMatchObject({
    verdict: 'not intact',
    faults: [
      { path: 'custody/14.json', what: 'An entry before it is missing: entry 13.' },
      { path: 'custody/14.json', what: 'It bears the number 13.' },
    ],
  });
});

test('a whole package, signed and intact, is a fault in the place of another', async () => {
  expect(await verify(OTHER_ID, azurite.connectionString)).toMatchObject({
    code: 5,
    stdout: `collection.json: It is that of collection ${COLLECTION_ID}, not of ${OTHER_ID}.\n`,
  });
});

test('a blob that was added is named', async () => {
  const found = await verifySource(openStored({ evidence, custody }, `${COLLECTION_ID}-r1`));
  expect(found).toMatchObject({ verdict: 'not intact' });
  expect(JSON.stringify(found)).toContain('data/planted');
});

test.each([
  ['an id of which there is no package', () => ['d'.repeat(32), azurite.connectionString], /nor a package of this id/],
  ['a storage that is not set', () => [COLLECTION_ID, ''], /EvidenceStorage: not/],
  [
    'a storage that refuses',
    () => [
      COLLECTION_ID,
      azurite.connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${Buffer.from('SECRET').toString('base64')}`),
    ],
    /The storage refused the app \(storage 403/,
  ],
] as const)('%s is told with exit code 2, and no address', async (_, given, words) => {
  const [name = '', connection = ''] = given();
  const { code, stderr } = await verify(name, connection);
  expect(code).toBe(2);
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/U0VDUkVU|127\.0\.0\.1/);
});
