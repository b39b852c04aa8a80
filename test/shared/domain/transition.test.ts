import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Collection, CollectionStatus } from '../../../shared/domain/collection.ts';
import { stageOf } from '../../../shared/domain/collection.ts';
import type { CollectionEvent } from '../../../shared/domain/collection-event.ts';
import { NO_CUSTODY } from '../../../shared/domain/custody.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { EvidenceItem } from '../../../shared/domain/result.ts';
import { transition } from '../../../shared/domain/transition.ts';
import { ALERT_ID, alert, MACHINE_ID, machine, makeAction } from '../../memory/samples.ts';

const ID = '0123456789abcdef0123456789abcdef';
const NOW = '2026-11-20T08:00:00.000Z';
const LATER = '2026-11-20T08:05:00.000Z';
const ACTION = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';

const received: Collection = {
  id: ID,
  alertId: ALERT_ID,
  incidentId: null,
  tenantId: null,
  machineId: MACHINE_ID,
  machineName: null,
  severity: 'UnSpecified',
  title: null,
  receivedAt: NOW,
  receivedFrom: 'http',
  deadline: '2026-11-23T08:00:00.000Z',
  notBefore: NOW,
  tries: 0,
  lostAttempts: [],
  reason: null,
  custody: NO_CUSTODY,
  documents: [],
  results: [],
  retryOf: null,
  calledOff: null,
  silence: null,
  united: [],
  pretenders: [],
  asked: null,
  status: 'received',
};

const plan: Plan = {
  profileId: 'linux-triage',
  profileTitle: 'Linux triage',
  profileSha256: 'a'.repeat(64),
  scripts: [{ name: 'evidence-triage.sh', sha256: 'b'.repeat(64) }],
  sessions: [
    {
      commands: [
        { type: 'RunScript', scriptName: 'evidence-triage.sh', args: 'e30' },
        { type: 'GetFile', path: '/var/tmp/x/evidence.tar.gz', madeBy: 0 },
      ],
    },
  ],
  filesNotRequested: 0,
};

const item: EvidenceItem = {
  path: 'data/0-0-runscript/transcript.json',
  bytes: 1,
  sha256: 'c'.repeat(64),
  sha1: 'c'.repeat(40),
  md5: 'c'.repeat(32),
  inside: null,
  report: null,
  storedAt: LATER,
};

const lookedUp: CollectionEvent = { type: 'looked up', alert, machine, plan, documents: [] };
const comment = (session: number, attempt: number) => `Evidence Collector ${ID}/${session}/${attempt}`;
const started = (session = 0, attempt = 1): CollectionEvent => ({
  type: 'started',
  action: makeAction(ACTION, comment(session, attempt), 'Pending', [
    ['RunScript', 'Created'],
    ['GetFile', 'Created'],
  ]),
});
const seen = (
  status: Parameters<typeof makeAction>[2],
  ...commands: Parameters<typeof makeAction>[3]
): CollectionEvent => ({
  type: 'action seen',
  action: makeAction(ACTION, comment(0, 1), status, commands),
});
const succeeded = seen('Succeeded', ['RunScript', 'Completed'], ['GetFile', 'Completed']);
const stored = (index: number): CollectionEvent => ({ type: 'result stored', session: 0, index, item });

function reach(...events: readonly CollectionEvent[]): Collection {
  return events.reduce((collection, event) => transition(collection, event, LATER).collection, received);
}

describe('the way of a collection', () => {
  it.each<readonly [CollectionStatus, readonly CollectionEvent[]]>([
    ['planned', [lookedUp]],
    ['planned', [lookedUp, { type: 'script uploaded', name: 'a.sh', sha256: 'a'.repeat(64) }]],
    ['starting', [lookedUp, { type: 'starting', session: 0, attempt: 1 }]],
    ['running', [lookedUp, { type: 'starting', session: 0, attempt: 1 }, started()]],
    ['copying', [lookedUp, { type: 'starting', session: 0, attempt: 1 }, started(), succeeded]],
    ['copying', [lookedUp, { type: 'starting', session: 0, attempt: 1 }, started(), succeeded, stored(0)]],
    ['sealing', [lookedUp, { type: 'starting', session: 0, attempt: 1 }, started(), succeeded, stored(0), stored(1)]],
    [
      'sealing',
      [
        lookedUp,
        { type: 'starting', session: 0, attempt: 1 },
        started(),
        seen('Failed', ['RunScript', 'Created'], ['GetFile', 'Created']),
      ],
    ],
    [
      'planned',
      [
        lookedUp,
        { type: 'starting', session: 0, attempt: 1 },
        { type: 'not started', session: 0, attempt: 1, notBefore: LATER, reason: 'Busy.' },
      ],
    ],
    [
      'sealing',
      [
        lookedUp,
        { type: 'starting', session: 0, attempt: 1 },
        { type: 'refused', session: 0, attempt: 1, reason: 'No.' },
      ],
    ],
    [
      'sealing',
      [lookedUp, { type: 'starting', session: 0, attempt: 1 }, started(), { type: 'action gone', reason: 'Gone.' }],
    ],
    ['skipped', [{ type: 'nothing to collect', reason: 'Nothing.', alert: null, machine: null }]],
    ['merged', [{ type: 'merged', into: 'f'.repeat(32), reason: 'It is collected there.', alert, machine }]],
  ])('is %s after its events', (status, events) => {
    expect(reach(...events).status).toBe(status);
  });

  it('seals with the manifest first and ends by what its results add up to', () => {
    const sealing = reach(
      lookedUp,
      { type: 'starting', session: 0, attempt: 1 },
      started(),
      succeeded,
      stored(0),
      stored(1),
    );
    expect(transition(sealing, { type: 'sealed', tagmanifestSha256: 'd'.repeat(64) }, LATER).collection).toBe(sealing);
    const marked = transition(sealing, { type: 'manifest written', sha256: 'e'.repeat(64) }, LATER).collection;
    const ended = transition(marked, { type: 'sealed', tagmanifestSha256: 'd'.repeat(64) }, LATER);
    expect(ended.collection).toMatchObject({
      status: 'collected',
      sealed: { manifestSha256: 'e'.repeat(64), tagmanifestSha256: 'd'.repeat(64), custodyNumber: 1 },
    });
    expect(ended.effects).toEqual([{ type: 'close' }]);
  });

  it('takes up only the action that bears its own comment', () => {
    const starting = reach(lookedUp, { type: 'starting', session: 0, attempt: 1 });
    for (const other of [started(0, 2), started(1, 1)])
      expect(transition(starting, other, LATER).collection).toBe(starting);
  });

  it('ignores a status that goes back and an action that is not its own', () => {
    const running = reach(
      lookedUp,
      { type: 'starting', session: 0, attempt: 1 },
      started(),
      seen('InProgress', ['RunScript', 'Created'], ['GetFile', 'Created']),
    );
    expect(transition(running, seen('Pending', ['RunScript', 'Created']), LATER).collection).toBe(running);
    const foreign: CollectionEvent = {
      type: 'action seen',
      action: makeAction('other', comment(0, 1), 'Succeeded', []),
    };
    expect(transition(running, foreign, LATER).collection).toBe(running);
  });

  it('asks for a ticket a result when the action ended, and gives up the turn', () => {
    const running = reach(lookedUp, { type: 'starting', session: 0, attempt: 1 }, started());
    expect(transition(running, succeeded, LATER).effects).toEqual([
      { type: 'give up the turn', machineId: MACHINE_ID, session: 0, attempt: 1 },
      { type: 'write ticket', session: 0, index: 0, attempt: 1 },
      { type: 'write ticket', session: 0, index: 1, attempt: 1 },
    ]);
  });

  it('fetches the output of a failed script, and not the file that it should have made', () => {
    const copying = reach(
      lookedUp,
      { type: 'starting', session: 0, attempt: 1 },
      started(),
      seen('Failed', ['RunScript', 'Failed', 'Exit code 1.'], ['GetFile', 'Created']),
    );
    expect(copying.results).toEqual([
      expect.objectContaining({ index: 0, status: 'waiting', failure: 'Exit code 1.' }),
      expect.objectContaining({ index: 1, status: 'missing' }),
    ]);
    const partial = transition(copying, stored(0), LATER).collection;
    expect(partial).toMatchObject({ status: 'sealing', outcome: 'partial' });
  });

  it('puts what Defender skipped after a failure into another session', () => {
    const twoFiles: Plan = {
      ...plan,
      sessions: [
        {
          commands: [
            { type: 'GetFile', path: '/etc/a', madeBy: null },
            { type: 'GetFile', path: '/etc/b', madeBy: null },
          ],
        },
      ],
    };
    const running = reach(
      { type: 'looked up', alert, machine, plan: twoFiles, documents: [] },
      { type: 'starting', session: 0, attempt: 1 },
      started(),
    );
    const next = transition(
      running,
      seen('Failed', ['GetFile', 'Failed', 'Not found.'], ['GetFile', 'Created']),
      LATER,
    ).collection;
    expect(next).toMatchObject({ status: 'planned', progress: { session: 1, attempt: 0 } });
    expect(next.results.map((result) => [result.session, result.subject, result.status])).toEqual([
      [0, '/etc/a', 'missing'],
      [0, '/etc/b', 'moved'],
      [1, '/etc/b', 'planned'],
    ]);
  });

  it.each<readonly [string, readonly CollectionEvent[], string]>([
    [
      'a file that could not be had',
      [seen('Failed', ['RunScript', 'Completed'], ['GetFile', 'Failed', 'Not found.']), stored(0)],
      '1 of 2 results is missing; GetFile /var/tmp/x/evidence.tar.gz: Not found.',
    ],
    [
      'a script that failed',
      [seen('Failed', ['RunScript', 'Failed', 'Exit code 1.'], ['GetFile', 'Created']), stored(0)],
      '1 of 2 results is missing; GetFile /var/tmp/x/evidence.tar.gz: The command was not run: the machine action ended as Failed.',
    ],
  ])('ends partial with a sentence that says what is missing: %s', (_, events, reason) => {
    const sealing = reach(lookedUp, { type: 'starting', session: 0, attempt: 1 }, started(), ...events, {
      type: 'manifest written',
      sha256: 'e'.repeat(64),
    });
    expect(transition(sealing, { type: 'sealed', tagmanifestSha256: 'd'.repeat(64) }, LATER).collection).toMatchObject({
      status: 'partial',
      reason,
    });
  });

  it('stops telling why it waits when its log is long, and goes on telling what it does', () => {
    const long = { ...reach(lookedUp), custody: { count: 200, head: 'a'.repeat(64) } };
    expect(
      transition(long, { type: 'put off', while: 'planned', notBefore: LATER, reason: 'Busy.' }, LATER),
    ).toMatchObject({
      facts: [],
      collection: { reason: 'Busy.' },
    });
    expect(transition(long, { type: 'starting', session: 0, attempt: 1 }, LATER).facts).toHaveLength(1);
  });

  it('says in the custody log once why it waits, not at every try', () => {
    const putOff: CollectionEvent = { type: 'put off', while: 'planned', notBefore: LATER, reason: 'Busy.' };
    const first = transition(reach(lookedUp), putOff, LATER);
    expect(first.facts).toHaveLength(1);
    const second = transition(first.collection, putOff, LATER);
    expect(second.facts).toHaveLength(0);
    expect(second.collection.tries).toBe(2);
  });
});

const NEXT: Readonly<Record<CollectionStatus, readonly CollectionStatus[]>> = {
  received: ['planned', 'skipped', 'merged', 'failed', 'cancelled'],
  planned: ['starting', 'running', 'sealing'],
  starting: ['planned', 'running', 'sealing'],
  running: ['planned', 'copying', 'sealing'],
  copying: ['planned', 'sealing'],
  sealing: ['collected', 'partial', 'failed', 'cancelled'],
  collected: [],
  partial: [],
  failed: [],
  cancelled: [],
  skipped: [],
  merged: [],
};

const anyStatus = fc.constantFrom('Created' as const, 'Completed' as const, 'Failed' as const);
const anyEvent: fc.Arbitrary<CollectionEvent> = fc.oneof(
  fc.constant<CollectionEvent>(lookedUp),
  fc.constant<CollectionEvent>({ type: 'nothing to collect', reason: 'Nothing.', alert: null, machine: null }),
  fc.constant<CollectionEvent>({
    type: 'merged',
    into: 'f'.repeat(32),
    reason: 'It is collected there.',
    alert,
    machine,
  }),
  fc
    .constantFrom('received' as const, 'planned' as const, 'starting' as const, 'running' as const)
    .map((status): CollectionEvent => ({ type: 'put off', while: status, notBefore: LATER, reason: 'Later.' })),
  fc.constant<CollectionEvent>({ type: 'starting', session: 0, attempt: 1 }),
  fc.constant<CollectionEvent>({
    ...{ type: 'starting', session: 0, attempt: 1 },
    scripts: [{ name: 'evidence-triage.sh', sha256: 'b'.repeat(64), updatedAt: NOW }],
  }),
  fc.constantFrom('proven' as const, 'unproven' as const).map(
    (verdict): CollectionEvent => ({
      type: 'scripts checked',
      session: 0,
      findings: [{ name: 'evidence-triage.sh', verdict, reason: verdict === 'proven' ? null : 'Swapped.' }],
    }),
  ),
  fc.constant<CollectionEvent>({ type: 'not started', session: 0, attempt: 1, notBefore: LATER, reason: 'Busy.' }),
  fc.constant<CollectionEvent>({ type: 'refused', session: 0, attempt: 1, reason: 'No.' }),
  fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 3 })).map(([session, attempt]) => started(session, attempt)),
  fc
    .tuple(
      fc.constantFrom(
        'Pending' as const,
        'InProgress' as const,
        'Succeeded' as const,
        'Failed' as const,
        'TimeOut' as const,
        'Cancelled' as const,
      ),
      anyStatus,
      anyStatus,
    )
    .map(([status, one, two]) => seen(status, ['RunScript', one], ['GetFile', two])),
  fc.constant<CollectionEvent>({ type: 'action gone', reason: 'Gone.' }),
  fc.nat(1).map((index) => stored(index)),
  fc.nat(1).map((index): CollectionEvent => ({ type: 'result missing', session: 0, index, reason: 'None.' })),
  fc.nat(1).map((index): CollectionEvent => ({ type: 'copy tried', session: 0, index, reason: 'Cut.' })),
  fc.constant<CollectionEvent>({ type: 'manifest written', sha256: 'e'.repeat(64) }),
  fc.constant<CollectionEvent>({ type: 'sealed', tagmanifestSha256: 'd'.repeat(64) }),
  fc.constant<CollectionEvent>({ type: 'deadline passed' }),
  fc.constant<CollectionEvent>({ type: 'waits', while: 'planned', reason: 'It waits for a place.' }),
  fc.constant<CollectionEvent>({ type: 'called off', by: 'an operator', reason: 'Not needed.' }),
  fc
    .constantFrom('silent' as const, 'makes way' as const, 'script swapped' as const)
    .map((why): CollectionEvent => ({ type: 'stand down', why, until: LATER, reason: 'It pends.' })),
  fc.constant<CollectionEvent>({ type: 'cancel again' }),
  fc.constant<CollectionEvent>({ type: 'machine reported' }),
  fc.constant<CollectionEvent>({ type: 'pretender seen', actionId: 'x', what: 'commands' }),
  fc.integer({ min: 1, max: 3 }).map((attempt): CollectionEvent => {
    const event = started(0, attempt);
    return event.type === 'started' ? { type: 'adopted', action: event.action } : event;
  }),
  fc.constant<CollectionEvent>({
    type: 'files united',
    from: 'b'.repeat(32),
    severity: 'High',
    plan: lookedUp.type === 'looked up' ? lookedUp.plan : neverPlan(),
  }),
);

function neverPlan(): never {
  throw new Error('The sample is not a plan.');
}
const anyTime = fc.constantFrom(NOW, LATER, '2026-11-23T08:00:01.000Z', '2026-11-23T09:00:00.000Z');

describe('an instance that stood still', () => {
  it.each<CollectionEvent>([
    { type: 'not started', session: 0, attempt: 1, notBefore: LATER, reason: 'It was not sent in time.' },
    { type: 'start lost', session: 0, attempt: 1, reason: 'Defender shows none.' },
    { type: 'refused', session: 0, attempt: 1, reason: 'No.' },
  ])('I3: what it says of an earlier attempt ($type) is nothing about the one that is on its way', (stale) => {
    const second = reach(
      lookedUp,
      { type: 'starting', session: 0, attempt: 1 },
      { type: 'start lost', session: 0, attempt: 1, reason: 'Defender shows none.' },
      { type: 'starting', session: 0, attempt: 2 },
    );
    expect(second.status).toBe('starting');
    expect(transition(second, stale, LATER).collection).toBe(second);
  });
});

describe('detached work', () => {
  it('is harvested by the next session, not before its delay has passed', () => {
    const [start] = plan.sessions;
    if (start === undefined) throw new Error('The sample has no session.');
    const harvest = { commands: [{ type: 'GetFile' as const, path: '/var/tmp/y', madeBy: null }], delayMs: 900_000 };
    const detached: CollectionEvent = {
      ...lookedUp,
      type: 'looked up',
      plan: { ...plan, sessions: [start, harvest] },
    } as CollectionEvent;
    const copied = reach(
      detached,
      { type: 'starting', session: 0, attempt: 1 },
      started(),
      succeeded,
      stored(0),
      stored(1),
    );
    expect(copied).toMatchObject({
      status: 'planned',
      progress: { session: 1, attempt: 0 },
      notBefore: '2026-11-20T08:20:00.000Z',
    });
    expect(transition(copied, { type: 'starting', session: 1, attempt: 1 }, LATER).collection).toBe(copied);
    const due = transition(copied, { type: 'starting', session: 1, attempt: 1 }, '2026-11-20T08:20:00.000Z');
    expect(due.collection.status).toBe('starting');
  });
});

describe('whatever comes, in any order', () => {
  it('I8: state moves only along the table, and ended collections absorb every event', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyEvent, anyTime), { maxLength: 40 }), (events) => {
        let collection = reach();
        for (const [event, now] of events) {
          const step = transition(collection, event, now);
          const from = collection.status;
          const to = step.collection.status;
          if (from !== to) expect(NEXT[from]).toContain(to);
          if (stageOf(from) === 'ended') expect(step).toEqual({ collection, facts: [], effects: [] });
          if (step.collection === collection) expect([step.facts, step.effects]).toEqual([[], []]);
          collection = step.collection;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('I5: a stored result is never changed, and no result disappears', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyEvent, anyTime), { maxLength: 40 }), (events) => {
        let collection = reach();
        for (const [event, now] of events) {
          const next = transition(collection, event, now).collection;
          for (const result of collection.results) {
            const same = next.results.find(
              (candidate) => candidate.session === result.session && candidate.index === result.index,
            );
            expect(same).toBeDefined();
            if (result.status === 'stored') expect(same).toEqual(result);
          }
          collection = next;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
