import { describe, expect, it } from 'vitest';
import { advance, goAlone } from '../../../shared/pipeline/advance.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { retryCollection } from '../../../shared/pipeline/retry-collection.ts';
import { alert } from '../../memory/samples.ts';
import { makeWorld } from '../../memory/world.ts';

const reference = { alertId: alert.id, machineId: null, severity: null };
const submitter = { id: 'key', standing: 'submitter' } as const;
const operator = { id: 'local', standing: 'operator' } as const;

function makeOldWorld() {
  const world = makeWorld();
  world.alerts.set(alert.id, { ...alert, createdAt: '2026-11-01T00:00:00Z' });
  return world;
}

describe('an alert of three weeks ago', () => {
  it('is not run for a submitter, and an operator may have it run by a retry', async () => {
    const { ports } = makeOldWorld();
    const { collection } = await receiveAlert(ports, reference, 'http', submitter);
    const skipped = (await advance(ports, collection.id, goAlone(ports)))?.collection;
    expect(skipped).toMatchObject({ status: 'skipped', reason: expect.stringContaining('last seven days') });

    const retried = await retryCollection(ports, collection.id, 'http', operator);
    if (retried.outcome !== 'opened') throw new Error(`The retry is ${retried.outcome}.`);
    expect((await advance(ports, retried.collection.id, goAlone(ports)))?.collection.status).toBe('planned');
    const custody = await ports.collections.readCustody(retried.collection.id);
    expect(JSON.parse(custody[0] ?? '')).toMatchObject({ event: 'retry', caller: 'local' });
  });

  it('is run for an operator and for an event', async () => {
    for (const caller of [operator, undefined]) {
      const { ports } = makeOldWorld();
      const { collection } = await receiveAlert(ports, reference, 'event grid', caller);
      expect((await advance(ports, collection.id, goAlone(ports)))?.collection.status).toBe('planned');
    }
  });
});
