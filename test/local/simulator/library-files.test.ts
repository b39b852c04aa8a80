import { expect, test } from 'vitest';
import { type Answer, ask, libraryFile, startUnderTest, type UnderTest } from './simulator-under-test.ts';

function upload(
  { simulator }: UnderTest,
  fields: Record<string, string>,
  file: { name: string; content: string | Uint8Array<ArrayBuffer>; field?: string } | undefined,
): Promise<Answer> {
  const form = new FormData();
  if (file !== undefined) form.set(file.field ?? 'file', new Blob([file.content]), file.name);
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const headers = { authorization: `Bearer ${simulator.token}` };
  return ask(`${simulator.apiUrl}/api/libraryfiles`, { method: 'POST', headers, body: form });
}

test('an existing name is refused, unless it is to be overridden; then the hash is new and the creation time is not', async () => {
  const underTest = await startUnderTest({ libraryFiles: [libraryFile('collect.sh', 'old')] });

  const refused = await upload(underTest, { Description: 'new' }, { name: 'collect.sh', content: 'new' });
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('already exists')]);

  const taken = await upload(
    underTest,
    { OverrideIfExists: 'True' },
    { name: 'collect.sh', content: 'new', field: 'File' },
  );
  expect(taken.status).toBe(200);
  const { body } = await underTest.get('libraryfiles');
  expect(body['value']).toEqual([
    {
      fileName: 'collect.sh',
      sha256: '11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437',
      description: null,
      creationTime: '2026-01-01T00:00:00.1234567Z',
      lastUpdatedTime: expect.not.stringMatching(/^2026-01-01T00:00:00/),
      createdBy: 'Evidence Collector',
      hasParameters: false,
    },
  ]);
});

test.each([
  ['no file', {}, undefined],
  ['a space in the name', {}, { name: 'hello copy.sh', content: 'x' }],
  ['a path for a name', {}, { name: '../up.sh', content: 'x' }],
  ['dots for a name', {}, { name: '..', content: 'x' }],
  ['a flag that is none', { OverrideIfExists: 'yes' }, { name: 'a.sh', content: 'x' }],
  ['one byte over 20 MB', {}, { name: 'a.sh', content: new Uint8Array(20 * 1024 * 1024 + 1) }],
  ['far too many bytes', {}, { name: 'a.sh', content: new Uint8Array(22 * 1024 * 1024) }],
])('an upload with %s is refused with 400', async (_, fields, file) => {
  const underTest = await startUnderTest({ libraryFiles: [] });
  const answer = await upload(underTest, fields, file);
  expect([answer.status, answer.body]).toMatchObject([400, { error: { code: expect.any(String) } }]);
  expect((await underTest.get('libraryfiles')).body['value']).toEqual([]);
});

test('by a switch an existing name is refused with 409', async () => {
  const underTest = await startUnderTest({
    libraryFiles: [libraryFile('a.sh', 'old')],
    switches: { uploadOfExisting: 409 },
  });
  const refused = await upload(underTest, {}, { name: 'a.sh', content: 'new' });
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('already exists')]);
});

test('a file of exactly 20 MB is taken', async () => {
  const underTest = await startUnderTest({ libraryFiles: [] });
  const answer = await upload(underTest, {}, { name: 'a.bin', content: new Uint8Array(20 * 1024 * 1024) });
  expect(answer.status).toBe(200);
});

test('an upload that is no form is refused', async () => {
  const { send } = await startUnderTest();
  const answer = await send('POST', 'libraryfiles', { file: 'x' });
  expect([answer.status, answer.body]).toMatchObject([400, { error: { code: 'InvalidRequestBody' } }]);
});

test('a file is deleted by its name: 204, then 404', async () => {
  const { simulator, get } = await startUnderTest({ libraryFiles: [libraryFile('gone.sh', 'x')] });
  const remove = () =>
    ask(`${simulator.apiUrl}/api/libraryfiles/gone.sh`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${simulator.token}` },
    });

  const first = await remove();
  expect([first.status, first.text]).toEqual([204, '']);
  expect((await get('libraryfiles')).body['value']).toEqual([]);
  expect((await remove()).status).toBe(404);
});
