import { expect, it } from 'vitest';
import type { Collection } from '../../../shared/domain/collection.ts';
import { answerFiles } from '../../../shared/doors/evidence-answer.ts';
import { liveWell } from '../domain/package-record-fixture.ts';

const FILES = [
  { path: 'collection.json', bytes: 1 },
  { path: 'data/0-0-runscript/transcript.json', bytes: 2_048 },
  { path: 'data/0-1-getfile/content', bytes: 5_000_000 },
];

it('an item’s file says whether the reviewed script made it, any other file says nothing', () => {
  const proof = { session: 0, name: 'Evidence-Triage.ps1', updatedAt: null };
  const reason = 'Mallory was there.';
  const collection: Collection = {
    ...liveWell().collection,
    scriptProofs: [{ ...proof, verdict: 'unproven', reason }],
  };
  const script = { verdict: 'unproven', explanation: reason };
  expect(answerFiles(collection, FILES)).toEqual(
    FILES.map((file, index) => ({ ...file, script: index === 0 ? null : script })),
  );
});

it('of a collection without a plan nothing is said', () => {
  const { collection } = liveWell();
  expect(answerFiles({ ...collection, status: 'skipped', endedAt: collection.sealedAt }, FILES.slice(0, 1))).toEqual([
    { ...FILES[0], script: null },
  ]);
});
