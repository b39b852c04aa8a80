import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { removeAll, runScript, unpack } from './linux-machine.ts';
import { findGaps, findSections } from './linux-sections.ts';
import { encodeRequest, folderOf, newCollection } from './script-contract.ts';

test('triage of this machine is complete and below 50 MB, and so is the same once more', {
  timeout: 600_000,
}, async ({ onTestFinished }) => {
  const collection = newCollection();
  const sections: string[][] = [];
  for (const id of [collection, `${collection}-r1`]) {
    onTestFinished(() => removeAll([folderOf(id)]));
    const { run, answer } = await runScript('bash', [encodeRequest({ collection: id, limitSeconds: 240 })]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(answer).toMatchObject({ ok: true, reason: null });
    expect((await stat(`${folderOf(id)}/evidence.tar.gz`)).size).toBeLessThan(50_000_000);
    const { index } = await unpack(`${folderOf(id)}/evidence.tar.gz`, onTestFinished);
    expect(findGaps(index)).toEqual([]);
    sections.push(findSections(index));
  }
  expect(sections[1]).toEqual(sections[0]);
});

test('a second run of one session is refused and leaves the first as it is', { timeout: 300_000 }, async ({
  onTestFinished,
}) => {
  const collection = newCollection();
  onTestFinished(() => removeAll([folderOf(collection)]));
  const first = await runScript('dash', [encodeRequest({ collection, limitSeconds: 60 })]);
  const second = await runScript('dash', [encodeRequest({ collection, limitSeconds: 60 })]);
  expect(second.answer).toMatchObject({ ok: false, archive: null, reason: expect.stringMatching(/exists already/) });
  expect((await stat(`${folderOf(collection)}/evidence.tar.gz`)).size).toBe(first.answer.archive?.bytes);
});
