import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { type Answer, ask, getFile, runScript, startUnderTest, windowsId } from '../simulator-under-test.ts';
import { compareAnswers } from './compare-answers.ts';
import { type GoldenRequest, goldenChanges, readGolden } from './golden-scenario.ts';

const folder = new URL('.', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5));
const everyRole = ['Alert.ReadWrite.All', 'File.Read.All', 'Library.Manage', 'Machine.CollectForensics'].concat(
  'Machine.LiveResponse',
  'Machine.ReadWrite.All',
);

async function start(name: string) {
  const golden = readGolden(name);
  const clock = createManualClock('2021-02-04T15:36:52.778Z');
  const hostname = name === 'machine' ? 'johns-work-computer' : 'hostname';
  const { simulator } = await startUnderTest(goldenChanges(golden, hostname), clock);
  const headers = { authorization: `Bearer ${simulator.tokenWith(everyRole)}` };
  let action = '';
  const send = async ({ method, path, body, form, file }: GoldenRequest): Promise<Answer> => {
    const address = `${simulator.apiUrl}/api/${path.replace('{action}', action)}`;
    if (form === undefined) {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      return ask(address, { method, headers: { ...headers, 'content-type': 'application/json' }, ...json });
    }
    const fields = new FormData();
    for (const [field, value] of Object.entries(form)) fields.set(field, value);
    fields.set('file', new Blob(['png']), file ?? '');
    return ask(address, { method, headers, body: fields });
  };
  const prepare = async (request: GoldenRequest, passMs: number): Promise<void> => {
    action = String((await send(request)).body['id']);
    await clock.advance(passMs);
  };
  return { golden, clock, simulator, send, prepare };
}

const sampleRun: GoldenRequest = {
  method: 'POST',
  path: `machines/${windowsId}/runliveresponse`,
  body: { Commands: [runScript('minidump.ps1', 'OfficeClickToRun'), getFile('C:\\x')], Comment: 'c' },
};

test.each(names)('%s is answered as it was published, field by field', async (name) => {
  const { golden, clock, send, prepare } = await start(name);
  if (name === 'live-response-result-link') await prepare(sampleRun, 600_000);
  if (golden.before !== undefined) await prepare(golden.before, name === 'error-active-request' ? 0 : 600_000);
  if (name === 'error-quota') {
    for (let call = 0; call < 30; call += 1) await send(golden.request);
    await clock.advance(52_000);
  }

  const answer = await send(golden.request);

  expect(answer.status).toBe(golden.status);
  expect(compareAnswers(golden.answer, answer.body, golden)).toEqual([]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
});

test('the content of a script result is as published, its raw line break and its NULs too', async () => {
  const { clock, send, prepare, simulator } = await start('live-response-result-link');
  await prepare(sampleRun, 0);
  await clock.advance(600_000);
  const [action] = simulator.actions().slice(-1);
  const path = `machineactions/${action?.id}/GetLiveResponseResultDownloadLink(index=0)`;
  const link = String((await send({ method: 'GET', path })).body['value']);
  const content = await (await fetch(link)).text();
  const published = readFileSync(new URL('live-response-result.txt', folder), 'utf8');
  const inOneLine = (text: string): string =>
    text
      .replace(/^\{\n/, '{')
      .replaceAll(/: (?=["\d])|,\n(?=")/g, (match) => match.trim())
      .replace(/\n\}\n$/, '}');

  expect(content.replace(/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/, 'TRANSCRIPT_ID')).toBe(inOneLine(published));
});

test('the observed action of 2023 has its published times when its machine takes as long', async () => {
  const { golden, send, prepare } = await start('machine-action');
  if (golden.before === undefined) throw new Error('The golden file has no request before.');
  await prepare(golden.before, 600_000);
  const { body } = await send(golden.request);
  const seconds = (from: unknown, to: unknown): number => (Date.parse(String(to)) - Date.parse(String(from))) / 1000;
  const [command] = body['commands'] as { startTime: string; endTime: string }[];

  expect(seconds(body['creationDateTimeUtc'], command?.startTime)).toBeCloseTo(121, 2);
  expect(seconds(command?.startTime, command?.endTime)).toBeCloseTo(2.773, 2);
  expect(seconds(command?.endTime, body['lastUpdateDateTimeUtc'])).toBeCloseTo(37, 2);
});

test('the comparison finds what is missing, added, of another type, value or format', () => {
  const freedom = { free: ['id', 'rows.at'], beyond: ['rows.new'] };
  const documented = {
    id: '43f4cb08-8fac-4b65-9db1-745c2ae65f3a',
    rows: [{ at: '2019-10-24T10:54:23.2009016Z', name: 'a', size: 1, tag: null }],
  };
  const row = { at: '2020-01-01T00:00:00.1Z', name: 'a', size: 1, tag: null };
  const guid = '00000000-0000-0000-0000-000000000000';
  const compare = (answered: unknown): string[] => compareAnswers(documented, answered, freedom);

  expect(compare({ id: guid, rows: [{ ...row, new: 1 }] })).toEqual([]);
  expect(compare({ id: 'x', rows: [row] })).toEqual(['id: x is not a GUID']);
  expect(compare({ id: guid, rows: [{ ...row, at: '2020-01-01T00:00:00.10Z' }] })).toHaveLength(1);
  expect(compare({ id: guid, rows: [{ ...row, name: 'b', size: '1', tag: 'x', more: 1 }] })).toEqual([
    'rows.more: is not documented',
    'rows.name: b, not a',
    'rows.size: number expected, string answered',
    'rows.tag: null expected, string answered',
  ]);
  expect(compare({ rows: [] })).toEqual(['id: is missing', 'rows: 0 rows, not 1']);
});
