import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recordWindows } from '../../../local/start/record-windows.ts';

test('the simulated Windows machine answers to each Windows script of the library', () => {
  const lock: object = JSON.parse(readFileSync(new URL('../../../library/lock.json', import.meta.url), 'utf8'));
  const scripts = Object.keys(lock).filter((name) => name.endsWith('.ps1'));
  expect(scripts).toContain('evidence-triage.ps1');
  expect(Object.keys(recordWindows().scripts).toSorted()).toEqual(scripts.toSorted());
});
