import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { applyChanges } from './apply-changes.ts';
import { PLANTED_BUGS } from './bugs.ts';

const ROOT = new URL('../../../', import.meta.url);

it('there are at least twenty of them, each of its own name', () => {
  expect(new Set(PLANTED_BUGS.map((bug) => bug.name)).size).toBe(PLANTED_BUGS.length);
  expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(20);
});

it.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))('%s: still finds its place', async (_, bug) => {
  for (const change of bug.changes) {
    const source = await readFile(new URL(change.file, ROOT), 'utf8');
    expect(applyChanges(source, [change])).not.toBe(source);
  }
});
