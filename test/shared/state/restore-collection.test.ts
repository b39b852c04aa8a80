import { describe, expect, it } from 'vitest';
import type { Collection } from '../../../shared/domain/collection.ts';
import { restoreCollection, SCHEMA_VERSION } from '../../../shared/state/restore-collection.ts';
import { received } from './received-sample.ts';

/** A row as the first layout wrote it. */
const FIRST_LAYOUT = {
  id: 'c'.repeat(32),
  alertId: 'da1_1',
  incidentId: null,
  tenantId: null,
  machineId: 'a'.repeat(40),
  machineName: 'web-01',
  severity: 'Low',
  title: 'A title',
  receivedAt: '2026-11-20T08:00:00.000Z',
  receivedFrom: 'http',
  deadline: '2026-11-23T08:00:00.000Z',
  notBefore: '2026-11-20T08:00:00.000Z',
  tries: 0,
  lostStarts: 1,
  reason: null,
  custody: { count: 3, head: 'f'.repeat(64) },
  documents: [],
  results: [],
};
const plan = {
  profileId: 'p',
  profileTitle: 'P',
  profileSha256: 'a'.repeat(64),
  scripts: [],
  sessions: [{ commands: [] }],
  filesNotRequested: 0,
};
const running = {
  ...FIRST_LAYOUT,
  status: 'running',
  plan,
  progress: { session: 0, attempt: 1 },
  actionId: 'action',
  startedAt: '2026-11-20T08:00:05.000Z',
  actionStatus: 'Pending',
};
const read = (row: object, schema = 1): Collection => restoreCollection({ data: JSON.stringify(row), schema }, []);

describe('rows of an older layout', () => {
  it('a collection that was received before the update goes on as one of today', () => {
    expect(read({ ...FIRST_LAYOUT, status: 'received' })).toMatchObject({
      status: 'received',
      retryOf: null,
      calledOff: null,
      silence: null,
      united: [],
      lostAttempts: [],
      asked: null,
    });
  });

  it('one of the second layout was asked for nothing beyond its alert', () => {
    const { asked: _, ...second } = received;
    expect(read(second, 2)).toMatchObject({ status: 'received', asked: null });
  });

  it('one of the third layout that was being sealed ends for the reason it had', () => {
    const sealing = {
      ...received,
      status: 'sealing',
      reason: 'Its machine left.',
      sealedAt: received.receivedAt,
      outcome: 'failed',
      manifest: null,
    };
    expect(read(sealing, 3)).toMatchObject({ status: 'sealing', why: 'Its machine left.' });
  });

  it.each([
    ['no cancel was asked for', null, null],
    [
      'a cancel was asked for at the deadline',
      '2026-11-23T08:00:00.000Z',
      { why: 'deadline', askedAt: '2026-11-23T08:00:00.000Z', until: null },
    ],
  ])('a running one of which %s', (_, cancelAskedAt, cancel) => {
    const restored = read({ ...running, cancelAskedAt });
    expect(restored).toMatchObject({ status: 'running', actionId: 'action', cancel });
    expect(restored).not.toHaveProperty('cancelAskedAt');
  });

  it('one of today is read as it was written', () => {
    expect(restoreCollection({ data: JSON.stringify(received), schema: SCHEMA_VERSION }, [])).toEqual(received);
  });
});

describe('rows that cannot be used', () => {
  it.each([
    ['no JSON', '{"id":'],
    ['nothing of a collection', '{"hello":"world"}'],
    ['an unknown status', JSON.stringify({ ...FIRST_LAYOUT, status: 'thinking' })],
    ['a deadline that is no time', JSON.stringify({ ...FIRST_LAYOUT, status: 'received', deadline: 'soon' })],
  ])('%s is an error that says what to do', (_, data) => {
    expect(() => restoreCollection({ data, schema: 1 }, [])).toThrow(
      expect.objectContaining({ name: 'StateError', code: 'unreadable-row', message: expect.stringMatching(/backup/) }),
    );
  });

  it('a row of a later version is not touched, and is told from a broken one', () => {
    expect(() => read(running, SCHEMA_VERSION + 1)).toThrow(expect.objectContaining({ code: 'newer-row' }));
  });
});
