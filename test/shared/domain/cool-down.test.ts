import { describe, expect, it } from 'vitest';
import type { Severity } from '../../../shared/domain/alert.ts';
import type { Collection } from '../../../shared/domain/collection.ts';
import { judgeCoolDown } from '../../../shared/domain/cool-down.ts';

const NOW = '2026-11-20T08:00:00.000Z';
const last = (changes: object) =>
  ({
    id: 'f'.repeat(32),
    status: 'collected',
    severity: 'Medium',
    calledOff: null,
    endedAt: '2026-11-20T07:30:00.000Z',
    plan: { profileId: 'triage' },
    ...changes,
  }) as Collection;

describe('judgeCoolDown', () => {
  it.each<
    readonly [
      string,
      object | null,
      { severity?: Severity; coolDownMinutes?: number | null },
      'left alone' | 'collected',
    ]
  >([
    ['lately collected by the same profile', {}, {}, 'left alone'],
    ['under way', { status: 'running', endedAt: undefined }, {}, 'left alone'],
    ['long ago', { endedAt: '2026-11-20T07:00:00.000Z' }, {}, 'collected'],
    ['nothing before', null, {}, 'collected'],
    ['a more severe alert', {}, { severity: 'High' }, 'collected'],
    ['a less severe alert', {}, { severity: 'Low' }, 'left alone'],
    ['another profile', { plan: { profileId: 'other' } }, {}, 'collected'],
    ['a profile without a cool-down', {}, { coolDownMinutes: null }, 'collected'],
    ['one that failed', { status: 'failed' }, {}, 'collected'],
    ['one that was called off', { calledOff: { at: NOW, by: 'x', reason: 'x' } }, {}, 'collected'],
    ['one that has some of it', { status: 'partial' }, {}, 'left alone'],
    ['one that planned nothing', { status: 'skipped', plan: undefined }, {}, 'collected'],
  ])('%s: %s', (_, changes, ask, expected) => {
    const why = judgeCoolDown(
      changes === null ? null : last(changes),
      { profileId: 'triage', severity: 'Medium', coolDownMinutes: 60, ...ask },
      NOW,
    );
    if (expected === 'collected') expect(why).toBeNull();
    else expect(why).toMatch(/^Profile triage leaves a machine alone for 60 minutes .* f{32} is the last/);
  });
});
