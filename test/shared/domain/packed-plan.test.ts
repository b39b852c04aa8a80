import { describe, expect, test } from 'vitest';
import { readPackedBasis, writePackedPlan } from '../../../shared/domain/packed-plan.ts';
import { tellConditions } from '../../../shared/domain/tell-conditions.ts';
import { alert, machine, profile } from '../../memory/samples.ts';
import { PLAN } from './package-record-fixture.ts';

test('what a plan was made of is read as it was written', () => {
  const text = writePackedPlan('0.1.0', PLAN, { alert, machine, when: profile.when }, []);
  expect(JSON.parse(text)).toMatchObject({ version: '0.1.0', plan: PLAN, machine: { group: 'Servers' } });
  expect(readPackedBasis(text)).toEqual({
    why: ['operatingSystem: linux'],
    category: 'Execution',
    detectionSource: 'WindowsDefenderAtp',
    createdAt: '2026-11-20T08:00:00.000Z',
    osPlatform: 'Linux',
    relatedFiles: alert.files,
  });
});

const NOTHING = { why: [], category: null, detectionSource: null, createdAt: null, osPlatform: null, relatedFiles: [] };

test.each([
  ['no file', null],
  ['no JSON', 'x'],
  ['another JSON', '[1]'],
  ['one of an earlier version', JSON.stringify({ version: '0.1.0', plan: PLAN })],
  ['a time that is none', JSON.stringify({ alert: { createdAt: 'yesterday' } })],
])('%s says nothing', (_, text) => {
  expect(readPackedBasis(text)).toEqual(NOTHING);
});

test('a word without an end is cut', () => {
  const text = JSON.stringify({ alert: { category: 'x'.repeat(9000) }, machine: { osPlatform: 'y'.repeat(9000) } });
  expect(readPackedBasis(text)).toMatchObject({ category: 'x'.repeat(300), osPlatform: 'y'.repeat(300) });
});

test('one of an earlier version has its files', () => {
  const text = JSON.stringify({ version: '0.1.0', plan: PLAN, relatedFiles: alert.files });
  expect(readPackedBasis(text)).toEqual({ ...NOTHING, relatedFiles: alert.files });
});

describe('conditions in words', () => {
  test.each([
    [{}, []],
    [{ severity: 'High' }, ['severity: High']],
    [{ severity: ['High', 'Medium'], machineTag: 'vip' }, ['severity: High or Medium', 'machineTag: vip']],
    [{ title: { contains: ['ransom', 'lock'], not: 'test' } }, ['title: contains ransom or lock and not test']],
    [{ category: undefined, title: 'x' }, ['title: x']],
  ])('%j', (when, words) => {
    expect(tellConditions(when)).toEqual(words);
  });
});
