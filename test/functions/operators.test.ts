import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './check-answer.ts';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

let app: AppUnderTest;

beforeAll(async () => {
  app = await startAppUnderTest();
});
afterAll(() => app.close());

const post = (path: string, body?: unknown) =>
  ask(`${app.url}${path}`, {
    method: 'POST',
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  });

describe('an operator', () => {
  it('pauses everything: an alert is planned and not run, until it is resumed', async () => {
    const [alertId] = app.alertIds;
    const paused = await post('/api/pause', { reason: 'a drill' });
    expect(paused.status).toBe(200);
    expect(await paused.json()).toMatchObject({ pause: { reason: 'a drill' } });
    expect(await (await app.get('/api/health')).json()).toMatchObject({ pause: { reason: 'a drill' } });
    const collection = await firstCollection(await app.send({ alertId }));
    await post('/api/poll');
    await post('/api/poll');
    expect(await (await app.get(`/api/collections/${collection.id}`)).json()).toMatchObject({ status: 'planned' });
    expect(app.simulator.actions()).toEqual([]);

    const url = `${app.url}/api/collections/${collection.id}`;
    const etag = (await ask(url)).headers.get('etag') ?? '';
    const askAgain = () => fetch(url, { headers: { 'if-none-match': etag } });
    expect((await askAgain()).status).toBe(304);

    expect((await post(`/api/collections/${collection.id}/retry`)).status).toBe(409);
    const cancelled = await post(`/api/collections/${collection.id}/cancel`, { reason: 'not needed' });
    expect(cancelled.status).toBe(202);
    expect((await post('/api/resume')).status).toBe(200);
    expect(await (await app.get('/api/health')).json()).toMatchObject({ pause: null });
    const ended = await app.waitForEnd(collection.id);
    expect(ended).toMatchObject({ status: 'cancelled', reason: expect.stringContaining('not needed') });
    expect(app.simulator.actions()).toEqual([]);
    expect((await askAgain()).status).toBe(200);

    const retried = await post(`/api/collections/${collection.id}/retry`);
    expect(retried.status).toBe(202);
    const again = await firstCollection(retried);
    expect(again.id).toBe(`${collection.id}-r1`);
    expect(await app.waitForEnd(again.id)).toMatchObject({ status: 'collected' });
    // Said again, what was called off stays so; what has been collected is too late to call off.
    expect((await post(`/api/collections/${collection.id}/cancel`)).status).toBe(202);
    expect((await post(`/api/collections/${again.id}/cancel`)).status).toBe(409);
  });

  it('leaves a machine to its responders', async () => {
    const machineId = 'A'.repeat(40);
    const yielded = await post(`/api/machines/${machineId}/yield`, { minutes: 30, reason: 'we are on it' });
    expect(yielded.status).toBe(200);
    expect(await yielded.json()).toMatchObject({ machineId: 'a'.repeat(40), cancelled: [] });
  });

  it.each([
    ['/api/collections/nonsense/cancel', undefined, 404, 'not-found'],
    [`/api/collections/${'f'.repeat(32)}/cancel`, undefined, 404, 'not-found'],
    [`/api/collections/${'f'.repeat(32)}/retry`, undefined, 404, 'not-found'],
    ['/api/machines/..%2Fadmin/yield', undefined, 404, 'not-found'],
    [`/api/machines/${'a'.repeat(40)}/yield`, { minutes: 0 }, 400, 'wrong-order'],
    ['/api/pause', 'not JSON', 400, 'wrong-order'],
    ['/api/pause', { cancelRunning: 'perhaps' }, 400, 'wrong-order'],
  ])('%s with %j is answered with %d %s', async (path, body, status, code) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code, detail: expect.stringMatching(/\.$/) });
  });
});
