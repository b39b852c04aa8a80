import { expect, it } from 'vitest';
import { announceDecay } from '../../../shared/domain/announcement.ts';

const found = { collectionId: 'a'.repeat(32), at: '2026-11-21T02:30:00.000Z', faults: [{ path: 'report.html' }] };

it('each check that finds a package changed is told of under an id of its own, the same when it is told again', () => {
  const [first, again, later] = [
    { ...found, entry: 20 },
    { ...found, entry: 20 },
    { ...found, entry: 21 },
  ].map(announceDecay);
  expect(first).toMatchObject({
    type: 'evidence.mismatch',
    data: { custodyEntry: 20, files: [{ path: 'report.html' }] },
  });
  expect(again?.id).toBe(first?.id);
  expect(later?.id).not.toBe(first?.id);
});
