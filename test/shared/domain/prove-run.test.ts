import { describe, expect, it } from 'vitest';
import type { Collection } from '../../../shared/domain/collection.ts';
import type { CollectionEvent } from '../../../shared/domain/collection-event.ts';
import { NO_CUSTODY } from '../../../shared/domain/custody.ts';
import { transition } from '../../../shared/domain/transition.ts';
import {
  ALERT_ID,
  ARCHIVE,
  action,
  COLLECTION_ID,
  lookedUp,
  MACHINE_ID,
  PLAN,
  TRANSCRIPT,
} from './package-record-fixture.ts';

const NAME = 'Evidence-Triage.ps1';
const NOW = '2026-03-02T03:14:10.000Z';
const LISTED = { name: NAME, sha256: 'b'.repeat(64), updatedAt: '2026-03-01T00:00:00Z' };

const received: Collection = {
  ...{ id: COLLECTION_ID, alertId: ALERT_ID, incidentId: null, tenantId: null, machineId: MACHINE_ID },
  ...{ machineName: null, severity: 'High', title: null, receivedAt: NOW, receivedFrom: 'http' },
  ...{ deadline: '2026-03-05T03:14:07.000Z', notBefore: NOW, tries: 0, lostAttempts: [], reason: null },
  ...{ custody: NO_CUSTODY, documents: [], results: [], retryOf: null, calledOff: null, silence: null },
  ...{ united: [], pretenders: [], asked: null, status: 'received' },
};

const starting = (attempt = 1): CollectionEvent => ({ type: 'starting', session: 0, attempt, scripts: [LISTED] });
const CREATED = [
  ['Created', 'RunScript'],
  ['Created', 'GetFile'],
] as const;
const COMPLETED = [
  ['Completed', 'RunScript'],
  ['Completed', 'GetFile'],
] as const;
const started: CollectionEvent = { type: 'started', action: action(0, 'Pending', CREATED) };
const ended: CollectionEvent = { type: 'action seen', action: action(0, 'Succeeded', COMPLETED) };
const stored = (index: number): CollectionEvent => ({
  type: 'result stored',
  session: 0,
  index,
  item: index === 0 ? TRANSCRIPT : ARCHIVE,
});
const checked = (verdict: 'proven' | 'unproven'): CollectionEvent => ({
  type: 'scripts checked',
  session: 0,
  findings: [{ name: NAME, verdict, reason: verdict === 'proven' ? null : 'Mallory was there.' }],
});
const manifest: CollectionEvent = { type: 'manifest written', sha256: 'e'.repeat(64) };

function reach(...events: readonly CollectionEvent[]): Collection {
  return events.reduce((collection, event) => transition(collection, event, NOW).collection, received);
}

const RUNNING = [lookedUp(PLAN, 'A title'), starting(), started];
const SEALING = [...RUNNING, ended, stored(0), stored(1)];

describe('a start', () => {
  it('keeps how the library listed the scripts, in the row and in the custody log', () => {
    const step = transition(reach(lookedUp(PLAN, 'A title')), starting(), NOW);
    expect(step.collection.scriptProofs).toEqual([
      { session: 0, name: NAME, updatedAt: LISTED.updatedAt, verdict: 'open', reason: null },
    ]);
    expect(step.facts).toMatchObject([
      { detail: { scripts: `${NAME} ${LISTED.sha256} in the library since ${LISTED.updatedAt}` } },
    ]);
  });

  it('is proven by the last attempt, as it was listed before that', () => {
    const again = reach(
      lookedUp(PLAN, 'A title'),
      starting(),
      { type: 'not started', session: 0, attempt: 1, notBefore: NOW, reason: 'Busy.' },
      {
        type: 'starting',
        session: 0,
        attempt: 2,
        scripts: [{ ...LISTED, updatedAt: null }],
      },
    );
    expect(again.scriptProofs).toMatchObject([{ updatedAt: null, verdict: 'open' }]);
  });

  it('that was lost may still show: what was listed before it counts', () => {
    const again = reach(
      lookedUp(PLAN, 'A title'),
      starting(),
      { type: 'start lost', session: 0, attempt: 1, reason: 'Defender shows none.' },
      { type: 'starting', session: 0, attempt: 2, scripts: [{ ...LISTED, updatedAt: '2026-03-02T03:14:11Z' }] },
    );
    expect(again.scriptProofs).toMatchObject([{ updatedAt: LISTED.updatedAt }]);
  });
});

describe('what the library shows after the run', () => {
  it.each([
    ['while its results are copied', [...RUNNING, ended]],
    ['before the manifest is written', SEALING],
  ])('is taken in %s', (_, events) => {
    const step = transition(reach(...events), checked('unproven'), NOW);
    expect(step.collection.scriptProofs).toMatchObject([{ verdict: 'unproven', reason: 'Mallory was there.' }]);
    expect(step.facts).toEqual([
      {
        event: 'script unproven',
        actor: 'collector',
        detail: { session: 0, script: NAME, reason: 'Mallory was there.' },
      },
    ]);
    expect(step.effects).toEqual([]);
  });

  it('is a fact as well when nothing was changed', () => {
    expect(transition(reach(...SEALING), checked('proven'), NOW).facts).toMatchObject([
      { event: 'script proven', detail: { session: 0, script: NAME } },
    ]);
  });

  it.each([
    ['before the run has ended', RUNNING],
    ['before it was sent', [lookedUp(PLAN, 'A title'), starting()]],
    ['once the manifest is written', [...SEALING, manifest]],
    ['when it was said before', [...SEALING, checked('proven')]],
    ['of what was started without a list', [lookedUp(PLAN, 'A title'), { ...starting(), scripts: [] }, started, ended]],
  ] as readonly (readonly [string, readonly CollectionEvent[]])[])('is nothing %s', (_, events) => {
    const collection = reach(...events);
    expect(transition(collection, checked('unproven'), NOW)).toEqual({ collection, facts: [], effects: [] });
  });

  it('does not change the outcome, and is said in the reason', () => {
    const done = reach(...SEALING, checked('unproven'), manifest, {
      type: 'sealed',
      tagmanifestSha256: 'd'.repeat(64),
    });
    expect(done).toMatchObject({
      status: 'collected',
      reason: '2 of 2 stored results are script unproven: Mallory was there.',
    });
    const well = reach(...SEALING, checked('proven'), manifest, { type: 'sealed', tagmanifestSha256: 'd'.repeat(64) });
    expect(well).toMatchObject({ status: 'collected', reason: null });
  });
});

describe('a script that is swapped while its live response pends', () => {
  const swapped: CollectionEvent = { type: 'stand down', why: 'script swapped', until: NOW, reason: 'Swapped.' };
  const cancelled: CollectionEvent = { type: 'action seen', action: action(0, 'Cancelled', CREATED) };

  it('is not run: the action is cancelled, and the session goes back to the plan without the machine counting as silent', () => {
    const step = transition(reach(...RUNNING), swapped, NOW);
    expect(step.effects).toMatchObject([{ type: 'cancel action', reason: 'Swapped.' }]);
    expect(step.facts).toMatchObject([{ event: 'stands down', detail: { why: 'script swapped' } }]);
    const back = transition(step.collection, cancelled, NOW).collection;
    expect(back).toMatchObject({ status: 'planned', silence: null, notBefore: NOW, reason: 'Swapped.' });
  });

  it('has no say once it is in progress', () => {
    const begun = reach(...RUNNING, { type: 'action seen', action: action(0, 'InProgress', CREATED) });
    expect(transition(begun, swapped, NOW).collection).toBe(begun);
  });
});
