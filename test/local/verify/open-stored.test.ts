import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { openStored } from '../../../local/verify/open-stored.ts';
import { verifySource } from '../../../local/verify/verify-package.ts';
import { COLLECTION_ID } from '../../shared/domain/package-record-fixture.ts';
import { makeKey } from '../../shared/evidence/signing-keys.ts';
import { makeSigned } from './build-package.ts';

const MAIN = resolve(import.meta.dirname, '../../../local/verify/main.ts');
const OTHER_ID = 'e'.repeat(32);

let azurite: Azurite;
let container: ContainerClient;
beforeAll(async () => {
  azurite = await startAzurite();
  container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('evidence');
  await container.create();
  const files = await makeSigned(makeKey());
  for (const id of [COLLECTION_ID, OTHER_ID]) await upload(id, files);
  await upload(`${COLLECTION_ID}-r1`, new Map([...files, ['data/planted', Buffer.from('x')]]));
});
afterAll(() => azurite.close());

async function upload(id: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [path, content] of files)
    await container.getBlockBlobClient(`${id}/${path}`).upload(content, content.length);
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
  expect(stdout).toMatch(/^Intact: 10 files and 11 custody entries agree, as they lie in EvidenceStorage\.\nSigned by/);
  expect(code).toBe(0);
});

test('a whole package, signed and intact, is a fault in the place of another', async () => {
  expect(await verify(OTHER_ID, azurite.connectionString)).toMatchObject({
    code: 5,
    stdout: `collection.json: It is that of collection ${COLLECTION_ID}, not of ${OTHER_ID}.\n`,
  });
});

test('a blob that was added is named', async () => {
  const found = await verifySource(openStored(container, `${COLLECTION_ID}-r1`));
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
