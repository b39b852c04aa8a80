import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultScenario } from '../../../local/simulator/default-scenario.ts';
import { describeFile } from '../../../local/simulator/describe-file.ts';

test('the first alert is about files of this computer, with their true hashes, on the Linux machine', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'default-scenario-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'abc.txt');
  await writeFile(path, 'abc');

  const scenario = defaultScenario({ files: [await describeFile(path)], now: new Date('2026-03-01T12:00:00Z') });

  const hashes = {
    sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  };
  expect(scenario.alerts[0]?.entity).toMatchObject({ severity: 'High', computerDnsName: 'web-04.contoso.com' });
  expect(scenario.alerts[0]?.entity.evidence[0]).toMatchObject({
    entityType: 'File',
    fileName: 'abc.txt',
    filePath: folder,
    ...hashes,
  });
  expect(scenario.alerts[0]?.relatedFiles).toMatchObject([
    { ...hashes, md5: '900150983cd24fb0d6963f7d28e17f72', size: 3 },
  ]);
});

test('its alerts are one on a machine of each kind, and one without; its ids have the form of real ones', () => {
  const { alerts, machines } = defaultScenario({ files: [] });
  const kindOf = (id: string | null) => machines.find((machine) => machine.entity.id === id)?.kind;

  expect(alerts.map(({ entity }) => [entity.severity, kindOf(entity.machineId)])).toEqual([
    ['High', 'executes'],
    ['Medium', 'recorded'],
    ['Low', undefined],
    ['Medium', 'unsupported'],
  ]);
  for (const { entity } of alerts) expect(entity.id).toMatch(/^da\d{18}_-?\d+$/);
  for (const { entity } of machines) expect(entity.id).toMatch(/^[0-9a-f]{40}$/);
  expect(new Set(alerts.map(({ entity }) => entity.id)).size).toBe(4);
});
