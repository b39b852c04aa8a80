import { describe, expect, test } from 'vitest';
import { judgeRelatedFile, type KnownHashes } from '../../../shared/domain/related-file-verdict.ts';

const OURS = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const NONE: KnownHashes = { sha256: null, sha1: null, md5: null };

const told = (status: string, sha256: string | null) => ({
  found: 'reported' as const,
  file: { path: '/x', status, sha256, bytes: null },
});

describe('the alert against what the machine reported', () => {
  test.each([
    ['collected with its hash', OURS, told('collected', OURS), 'same'],
    ['in capitals', OURS.toUpperCase(), told('collected', OURS), 'same'],
    ['collected with another hash', OURS, told('collected', OTHER), 'changed'],
    ['too large, but hashed', OURS, told('too large', OTHER), 'changed'],
    ['quarantined, and hashed where it lies', OURS, told('quarantined', OURS), 'same'],
    ['quarantined', OURS, told('quarantined', null), 'gone'],
    ['absent', OURS, told('absent', null), 'gone'],
    ['absent, and without a hash in the alert', null, told('absent', null), 'gone'],
    ['unreadable', OURS, told('unreadable', null), 'not comparable'],
    ['skipped', OURS, told('skipped', null), 'not comparable'],
    ['of a status that nobody knows', OURS, told('<b>eaten</b>', null), 'not comparable'],
    ['collected, without a hash in the alert', null, told('collected', OURS), 'not comparable'],
  ] as const)('%s', (_, sha256, finding, verdict) => {
    const judged = judgeRelatedFile({ ...NONE, sha256 }, finding);
    expect(judged).toMatchObject({ verdict, against: 'machine' });
    expect(judged.explanation).toMatch(/as reported by the machine\.$/);
    expect(judged.explanation).not.toContain('eaten');
  });
});

describe('the alert against what is stored', () => {
  const stored = { sha256: OURS, sha1: '1'.repeat(40), md5: '2'.repeat(32) };
  const content = { sha256: OTHER, sha1: '3'.repeat(40), md5: '4'.repeat(32) };

  test.each([
    ['by SHA-256', { ...NONE, sha256: OURS }, 'same', 'SHA-256'],
    ['by the SHA-256 of its content', { ...NONE, sha256: OTHER }, 'same', 'SHA-256'],
    ['by SHA-1', { ...NONE, sha1: '1'.repeat(40) }, 'same', 'SHA-1'],
    ['by MD5', { ...NONE, md5: '4'.repeat(32) }, 'same', 'MD5'],
    ['by a SHA-256 that differs though its MD5 does not', { ...stored, sha256: 'c'.repeat(64) }, 'changed', 'SHA-256'],
  ] as const)('%s', (_, alert, verdict, name) => {
    const judged = judgeRelatedFile(alert, { found: 'stored', hashes: [stored, content] });
    expect(judged).toMatchObject({ verdict, against: 'storage' });
    expect(judged.explanation).toContain(name);
  });

  test('without a hash in the alert nothing is compared', () => {
    expect(judgeRelatedFile(NONE, { found: 'stored', hashes: [stored] })).toMatchObject({
      verdict: 'not comparable',
      against: null,
    });
  });
});

test('where nothing was heard, the reason is given', () => {
  expect(judgeRelatedFile({ ...NONE, sha256: OURS }, { found: 'nothing', why: 'Nobody asked.' })).toEqual({
    verdict: 'not comparable',
    against: null,
    explanation: 'Nobody asked.',
  });
});
