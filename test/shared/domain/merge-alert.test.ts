import { describe, expect, it } from 'vitest';
import type { Collection } from '../../../shared/domain/collection.ts';
import { judgeNewcomer, requestedFiles } from '../../../shared/domain/merge-alert.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { encodeRequest } from '../../../shared/domain/script-request.ts';
import { received } from '../state/received-sample.ts';

const NOW = '2026-11-20T09:00:00.000Z';

function planFor(paths: readonly string[], changes: Partial<Plan> = {}, sha256: string | null = null): Plan {
  const files = paths.map((path) => ({ path, sha1: null, sha256, md5: null, sizeBytes: null }));
  const { argument } = encodeRequest({
    collectionId: 'c'.repeat(32),
    session: 0,
    archive: '/var/tmp/x',
    limitBytes: 1,
    limitSeconds: 1,
    files,
  });
  return {
    profileId: 'p',
    profileTitle: 'P',
    profileSha256: 'a'.repeat(64),
    scripts: [],
    sessions: [{ commands: [{ type: 'RunScript', scriptName: 's.sh', args: argument }] }],
    filesNotRequested: 0,
    ...changes,
  };
}

const plan = planFor(['/a', '/b "; rm -rf $HOME', '/ü\n']);
const progress = { session: 0, attempt: 1 };
const basis = { ...received, severity: 'Medium' as const, machineId: 'm', plan, progress };
const planned: Collection = { ...basis, status: 'planned', progress: { session: 0, attempt: 0 } };
const starting: Collection = {
  ...basis,
  plan: planFor(['/a', '/b'], {}, 'd'.repeat(64)),
  status: 'starting',
  startingAt: NOW,
};
const ended = (status: 'collected' | 'partial' | 'failed' | 'cancelled', endedAt: string): Collection => ({
  ...basis,
  status,
  endedAt,
  sealed: null,
});
const cancelled: Collection = {
  ...basis,
  status: 'running',
  actionId: 'x',
  startedAt: NOW,
  actionStatus: 'Pending',
  commandsLeft: 1,
  cancel: { why: 'deadline', askedAt: NOW, until: null },
};
const replaced = planFor(['/a'], {}, 'e'.repeat(64));
const newcomer = { collectionId: 'n', severity: 'Medium' as const, plan: planFor(['/a']) };
const judge = (host: Collection | null, changes: Partial<typeof newcomer> | { severity: 'High' } = {}) =>
  judgeNewcomer(host, { ...newcomer, ...changes }, NOW, 60).decision;

it('the files of a request are read back as they were written', () => {
  expect([...requestedFiles(plan).keys()]).toEqual(['/a', '/b "; rm -rf $HOME', '/ü\n']);
});

describe('a newcomer on a machine', () => {
  it.each<readonly [string, Collection | null, Partial<typeof newcomer> | { severity: 'High' }, string]>([
    ['nobody is there', null, {}, 'own turn'],
    ['it is there itself', { ...planned, id: 'n' }, {}, 'own turn'],
    ['the first waits', planned, {}, 'unite'],
    ['the first waits, though it is more severe', planned, { severity: 'High' }, 'unite'],
    ['it was united before', { ...planned, united: ['n'] }, {}, 'merge'],
    ['the first waits with another profile', planned, { plan: planFor(['/a'], { profileId: 'q' }) }, 'own turn'],
    [
      'the first waits with another version of the profile',
      planned,
      { plan: planFor(['/a'], { profileSha256: 'b' }) },
      'own turn',
    ],
    ['the first waits to be tried again', { ...planned, progress }, {}, 'merge'],
    ['the first was called off', { ...planned, calledOff: { at: NOW, by: 'ada', reason: 'x' } }, {}, 'own turn'],
    ['the first starts', starting, {}, 'merge'],
    ['the first starts and lacks a file', starting, { plan: planFor(['/a', '/other']) }, 'own turn'],
    ['the first starts and it is more severe', starting, { severity: 'High' }, 'own turn'],
    ['files of it did not fit its request', starting, { plan: planFor(['/a'], { filesNotRequested: 1 }) }, 'own turn'],
    ['the first ended 59 minutes ago', ended('collected', '2026-11-20T08:01:00.000Z'), {}, 'merge'],
    ['the first ended 61 minutes ago', ended('collected', '2026-11-20T07:59:00.000Z'), {}, 'own turn'],
    ['the first ended partial', ended('partial', NOW), {}, 'own turn'],
    ['the first is being cancelled for good', cancelled, {}, 'own turn'],
    ['the file was replaced since', starting, { plan: replaced }, 'own turn'],
    ['it was united before, and the first failed', { ...ended('failed', NOW), united: ['n'] }, {}, 'own turn'],
    ['the first failed', ended('failed', NOW), {}, 'own turn'],
    ['the first was cancelled', ended('cancelled', NOW), {}, 'own turn'],
    ['the first is being planned', { ...received, receivedAt: '2026-11-20T08:59:00.000Z' }, {}, 'wait'],
    ['the first is stuck before its plan', { ...received, receivedAt: '2026-11-20T08:50:00.000Z' }, {}, 'own turn'],
    ['the first was skipped', { ...received, status: 'skipped', endedAt: NOW }, {}, 'own turn'],
  ])('when %s', (_, host, changes, decision) => {
    expect(judge(host, changes)).toBe(decision);
  });
});
