import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seedChance } from '../../bench/chaos/chance.ts';
import { makeTargets } from '../../bench/chaos/make-scenario.ts';
import { planPostings, postAlerts } from '../../bench/chaos/post-alerts.ts';

const targets = makeTargets(12, new Date('2026-10-01T10:00:00.000Z'));
const [target] = targets;
if (target === undefined) throw new Error('There is no target.');
const posting = { target, form: 'with its machine', afterMs: 0 } as const;

/** How the app answers one after the other: a status, or `cut` for none. */
let answers: (number | 'cut')[] = [];
let bodies: string[] = [];
let app: Server;
let url = '';

beforeEach(async () => {
  bodies = [];
  app = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    bodies.push(Buffer.concat(chunks).toString());
    const answer = answers.shift() ?? 202;
    if (answer === 'cut') return void response.destroy();
    response.writeHead(answer, { location: `${url}/api/operations/0a` });
    response.end(JSON.stringify({ collections: [{ id: 'c1', status: 'received', url: '' }] }));
  });
  app.listen(0, '127.0.0.1');
  await once(app, 'listening');
  url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
});
afterEach(async () => {
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
});

const never = new AbortController().signal;

describe('posting', () => {
  it('is repeated until a 202, with the very same body', async () => {
    answers = ['cut', 500, 202];
    const posted = await postAlerts([posting], () => url, never);
    expect(posted.acknowledged).toEqual([{ posting, collectionId: 'c1', receiptPath: '/api/operations/0a' }]);
    expect(Object.fromEntries(posted.answers)).toEqual({ 0: 1, 500: 1, 202: 1 });
    expect(posted.findings).toEqual([]);
    expect(bodies).toHaveLength(3);
    expect(new Set(bodies)).toEqual(
      new Set([JSON.stringify({ alertId: target.alertId, machineId: target.machineId })]),
    );
  });

  it('waits while no app listens', async () => {
    answers = [202];
    let looks = 0;
    const findApp = () => {
      looks += 1;
      return looks < 3 ? null : url;
    };
    expect((await postAlerts([posting], findApp, never)).acknowledged).toHaveLength(1);
    expect([looks, bodies.length]).toEqual([3, 1]);
  });

  it('finds an alert that the app refused, and one that was never acknowledged', async () => {
    answers = [400];
    const refused = await postAlerts([posting], () => url, never);
    expect(refused.findings.map(({ what }) => what)).toEqual(['The app refused an alert with 400.']);
    const unheard = await postAlerts([posting], () => url, AbortSignal.abort());
    expect(unheard.findings.map(({ what }) => what)).toEqual(['It was never acknowledged.']);
  });

  it('is planned for every alert, some twice and in both forms, the same for the same seed', () => {
    const plan = planPostings(seedChance(3), targets);
    expect(planPostings(seedChance(3), targets)).toEqual(plan);
    expect(new Set(plan.map(({ target: { alertId } }) => alertId)).size).toBe(12);
    const again = plan.filter(
      (one, index) => plan.findIndex(({ target: { alertId } }) => alertId === one.target.alertId) !== index,
    );
    expect(again).toHaveLength(4);
    expect(new Set(plan.map(({ form }) => form)).size).toBe(2);
  });
});
