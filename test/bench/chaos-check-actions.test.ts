import { describe, expect, it } from 'vitest';
import { checkActions, checkCalls, type SeenAction, type SeenCall } from '../../bench/chaos/check-actions.ts';
import { COMMENT, collectionOf, ID, MACHINE, OTHER, WENT_WELL } from './chaos-samples.ts';

const action = (changes: Partial<SeenAction> = {}): SeenAction => ({
  id: 'action-1',
  requestorComment: COMMENT,
  machineId: MACHINE,
  status: 'Succeeded',
  ...changes,
});
const whats = (...given: Parameters<typeof checkActions>) => checkActions(...given).map(({ what }) => what);

describe('I3: actions against collections', () => {
  it('finds nothing where each collection ran once, also when a start was sent again as the first never arrived', () => {
    expect(checkActions([action()], [collectionOf()])).toEqual([]);
    const second = `Evidence Collector ${ID}/0/2`;
    const again = collectionOf({}, [
      ['starting', { comment: COMMENT }],
      ['not started'],
      ['starting', { comment: second }],
      ['started', { action: 'action-2' }],
    ]);
    expect(checkActions([action({ id: 'action-2', requestorComment: second })], [again])).toEqual([]);
  });

  it('finds a second action of a collection, of the same attempt or of another', () => {
    const twice = [action(), action({ id: 'action-2' })];
    expect(whats(twice, [collectionOf()])).toEqual([expect.stringContaining('has 2 live responses instead of one')]);
    const later = [action(), action({ id: 'action-2', requestorComment: `Evidence Collector ${ID}/0/2` })];
    expect(whats(later, [collectionOf()])).toEqual([expect.stringContaining('has 2 live responses instead of one')]);
  });

  it('finds a collection that never ran, and one whose log names another action', () => {
    expect(whats([], [collectionOf()])).toEqual([expect.stringContaining('has 0 live responses')]);
    expect(whats([action({ id: 'action-9' })], [collectionOf()])).toEqual([
      expect.stringContaining('does not name the one action'),
    ]);
  });

  it('finds an action that nobody sent, one on another machine, one that failed, and one of a merged collection', () => {
    const ofNobody = action({ requestorComment: 'Isolated by hand' });
    expect(whats([action(), ofNobody], [collectionOf()])).toEqual(['No collection has sent it.']);
    expect(whats([action({ machineId: 'elsewhere' })], [collectionOf()])).toEqual([
      expect.stringContaining('It ran on another machine'),
    ]);
    expect(whats([action({ status: 'Failed' })], [collectionOf()])).toEqual(['It ended as Failed.']);
    const merged = collectionOf({ status: 'merged', mergedInto: OTHER }, [['received']]);
    expect(whats([action()], [merged])).toEqual([expect.stringContaining('merged, and ran all the same')]);
    expect(whats([], [merged])).toEqual([]);
  });

  it('finds an attempt that follows on one that was not settled, and one that is begun twice', () => {
    const hasty = collectionOf({}, [
      ['starting', { comment: `${COMMENT}` }],
      ['starting', { comment: `Evidence Collector ${ID}/0/2` }],
      ['started', { action: 'action-1' }],
    ]);
    expect(whats([action()], [hasty])).toEqual([expect.stringContaining('was not settled')]);
    const twice = collectionOf({}, [
      ['starting', { comment: COMMENT }],
      ['not started'],
      ['starting', { comment: COMMENT }],
      ['started', { action: 'action-1' }],
    ]);
    expect(whats([action()], [twice])).toEqual([expect.stringContaining('a second time')]);
  });

  it('takes an action that was adopted late as the one that ran', () => {
    const adopted = collectionOf({}, [...WENT_WELL.slice(0, 3), ['not started'], ['adopted', { action: 'action-1' }]]);
    expect(checkActions([action()], [adopted])).toEqual([]);
  });
});

describe('I2: calls against the quotas', () => {
  const call = (endpoint: SeenCall['endpoint'], status: number | null): SeenCall => ({
    ...{ endpoint, status, at: '2026-10-01T10:00:00.000Z', path: '/api/x' },
  });
  it('finds a call that Defender refused for want of room, and any start that was refused', () => {
    const fine = [call('runliveresponse', 201), call('alert', 200), call('alert', 404)];
    expect(checkCalls([...fine, call('runliveresponse', null)])).toEqual([]);
    expect(checkCalls([...fine, call('machineactions', 429)])).toHaveLength(1);
    expect(checkCalls([...fine, call('runliveresponse', 429), call('runliveresponse', 400)])).toHaveLength(2);
  });
});
