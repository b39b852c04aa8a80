import { describe, expect, it } from 'vitest';
import { checkAlerts, checkCustodyLogs } from '../../bench/chaos/check-collections.ts';
import { findLeftovers, findSetAside } from '../../bench/chaos/check-leftovers.ts';
import { acknowledge, collectionOf, ID, OTHER, rowsOf, WENT_WELL } from './chaos-samples.ts';

const merged = (into: string) =>
  collectionOf({ id: OTHER, status: 'merged', mergedInto: into, sealed: null }, [['received']]);

describe('I1: alerts against collections', () => {
  it('finds nothing where an alert has one package, and its other collections were merged into that', () => {
    const acknowledged = [acknowledge(ID), acknowledge(ID), acknowledge(OTHER)];
    expect(checkAlerts(acknowledged, [collectionOf(), merged(ID)])).toEqual([]);
  });

  it('finds an acknowledged collection that is not stored', () => {
    expect(checkAlerts([acknowledge(ID), acknowledge(OTHER)], [collectionOf()])).toEqual([
      { what: 'It was acknowledged and is not stored.', where: `collection ${OTHER}` },
    ]);
  });

  it('finds an alert with two packages, and one with none', () => {
    const two = checkAlerts([acknowledge(ID), acknowledge(OTHER)], [collectionOf(), collectionOf({ id: OTHER })]);
    expect(two.map(({ what }) => what)).toEqual(['It has 2 packages instead of one.']);
    const none = checkAlerts([acknowledge(ID)], [collectionOf({ status: 'partial', reason: 'No result came.' })]);
    expect(none.map(({ what }) => what)).toEqual([
      'It has 0 packages instead of one.',
      'It is partial: No result came.',
    ]);
  });

  it('finds one that was merged into itself, and one of an alert that nobody posted', () => {
    const wrong = checkAlerts([acknowledge(ID), acknowledge(OTHER)], [collectionOf(), merged(OTHER)]);
    expect(wrong.map(({ what }) => what)).toEqual([`It was merged into ${OTHER}, not ${ID}.`]);
    const strange = collectionOf({ id: OTHER, alertId: 'da0_0' });
    expect(checkAlerts([acknowledge(ID)], [collectionOf(), strange]).map(({ what }) => what)).toEqual([
      'Nobody posted its alert.',
    ]);
  });
});

describe('I6: custody logs', () => {
  const line = collectionOf().lines[7] ?? '';
  const stored = new Map([[`${ID}/8.json`, line]]);

  it('finds nothing in a whole chain whose last entry, after the seal, is in storage', () => {
    expect(checkCustodyLogs([collectionOf()], stored)).toEqual([]);
  });

  it('finds a gap, a head that is another, and an entry after the seal that is not in storage or is another', () => {
    const whole = collectionOf();
    const gap = { ...whole, lines: whole.lines.toSpliced(3, 1) };
    expect(checkCustodyLogs([gap], stored)[0]?.what).toMatch(/^It is broken at entry 4/);
    const short = { ...whole, lines: whole.lines.slice(0, -1) };
    expect(checkCustodyLogs([short], stored)[0]?.what).toMatch(/^Its head is entry 7/);
    expect(checkCustodyLogs([whole], new Map())[0]?.what).toMatch(/^Entry 8, which came after the seal/);
    expect(checkCustodyLogs([whole], new Map([[`${ID}/8.json`, '{}']]))).toHaveLength(1);
  });
});

describe('what is left over', () => {
  const quota = (leases: readonly unknown[]) => ({
    ...{ partition: 'quota', row: 'live response' },
    data: JSON.stringify({ starts: [], leases, blockedUntil: null }),
  });
  const atRest = { rows: [...rowsOf(), quota([])], tickets: [], actions: [] };

  it('is nothing where all is ended and given back', () => {
    expect(findLeftovers(atRest)).toEqual([]);
    expect(findSetAside(atRest.rows, 0)).toEqual([]);
  });

  it.each([
    ['an open collection', { rows: rowsOf({ status: 'running', endedAt: null }, WENT_WELL) }],
    ['a row in the index', { rows: [...rowsOf(), { partition: 'open', row: ID, data: '{}' }] }],
    ['a lease', { rows: [quota([{ collectionId: ID, since: '2026-10-01T10:00:00.000Z' }])] }],
    ['a ticket', { tickets: [`${ID}/0-0-1.json`] }],
    ['a running action', { actions: [{ id: '1', requestorComment: '', machineId: '', status: 'Pending' as const }] }],
  ])('is %s', (_, changes) => {
    expect(findLeftovers({ ...atRest, ...changes })).toHaveLength(1);
  });

  it('is what was set aside, refused, or given up by the host', () => {
    expect(findSetAside([{ partition: 'set-aside', row: ID, data: '' }], 0)).toHaveLength(1);
    expect(findSetAside([{ partition: 'refused', row: '1', data: '' }], 0)).toHaveLength(1);
    expect(findSetAside([], 2)).toHaveLength(1);
  });
});
