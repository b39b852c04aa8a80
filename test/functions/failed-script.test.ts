import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordWindows } from '../../local/start/record-windows.ts';
import { packageRecordSchema } from '../../shared/domain/package-record-schema.ts';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

const ANSWER = Buffer.from(JSON.stringify({ v: 1, ok: false, reason: 'No space left in C:\\Windows\\Temp.' }));
const OUTPUT = `-----BEGIN EVIDENCE ANSWER-----\n${ANSWER.toString('base64url')}\n-----END EVIDENCE ANSWER-----`;
let app: AppUnderTest;

beforeAll(async () => {
  const scripts = { 'evidence-triage.ps1': { exitCode: 112, output: OUTPUT, errors: 'Copy-Item: disk full' } };
  app = await startAppUnderTest({ windows: { ...recordWindows(), scripts } });
});
afterAll(() => app.close());

it('a script that ran and failed marks its command: in the answer, the record and the report, with all it said as evidence', async () => {
  const { id } = await firstCollection(await app.send({ alertId: app.alertIds[1] }));
  const ended = await app.waitForEnd(id);
  expect(ended).toMatchObject({
    status: 'partial',
    reason: expect.stringContaining('a script says that it did not work'),
  });
  const report = { exitCode: 112, answer: 'not ok', reason: 'No space left in C:\\Windows\\Temp.' };
  expect(ended.results).toEqual([
    expect.objectContaining({ command: 'RunScript', status: 'stored', run: { outcome: 'did not work', ...report } }),
    expect.objectContaining({ command: 'GetFile', status: 'stored', run: null }),
  ]);

  const evidence = BlobServiceClient.fromConnectionString(app.storage.connectionString).getContainerClient('evidence');
  const read = async (path: string) => (await evidence.getBlobClient(`${id}/${path}`).downloadToBuffer()).toString();
  const record = packageRecordSchema.parse(JSON.parse(await read('collection.json')));
  expect(record).toMatchObject({ outcome: 'partial', results: [{ status: 'stored', report }, { report: null }] });
  expect(await read('data/0-0-runscript/transcript.json')).toContain('Copy-Item: disk full');
  expect(await read('report.html')).toContain('112');
});
