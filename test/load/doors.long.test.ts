import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inOrder } from '../../shared/pipeline/in-order.ts';
import { type AppUnderTest, firstCollection, startAppUnderTest } from '../functions/app-under-test.ts';
import { seedChance } from '../simulation/chance.ts';

const [POSTS, CONNECTIONS] = [2_000, 50];
/** Every fourth alert comes five times, as senders that saw no answer repeat it. */
const ALERTS = 1_000;

let app: AppUnderTest;

beforeAll(async () => {
  app = await startAppUnderTest({ settings: { MODE: 'observe', POLL_SCHEDULE: '0 0 0 1 1 *' } });
});
afterAll(() => app.close());

/** Which alert each request names, in an order in which repeats meet. */
function drawOrder(): readonly number[] {
  const once = [...Array(ALERTS).keys()];
  const repeated = once.filter((alert) => alert % 4 === 0).flatMap((alert) => [alert, alert, alert, alert]);
  const chance = seedChance('doors');
  const near = new Map([...once, ...repeated].map((alert, index) => [index, alert + chance.next() * 20]));
  return [...near].sort(([, a], [, b]) => a - b).map(([index]) => [...once, ...repeated][index] ?? 0);
}

it(`${POSTS} requests by ${CONNECTIONS} connections are all 202, and each alert is one collection`, async () => {
  const order = drawOrder();
  expect(order).toHaveLength(POSTS);
  const idsOf = new Map<number, Set<string>>();
  const statuses = new Map<number, number>();
  await inOrder(CONNECTIONS, order, async (alert) => {
    const answer = await app.send({ alertId: `da1_${alert}`, machineId: String(alert).padStart(40, '0') });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    idsOf.set(alert, (idsOf.get(alert) ?? new Set()).add((await firstCollection(answer)).id));
  });
  expect([...statuses]).toEqual([[202, POSTS]]);
  expect([...idsOf.values()].filter((ids) => ids.size !== 1)).toEqual([]);
  const ids = new Set([...idsOf.values()].flatMap((found) => [...found]));
  expect(ids.size).toBe(ALERTS);

  const { connectionString } = app.storage;
  const table = TableClient.fromConnectionString(connectionString, 'collector', { allowInsecureConnection: true });
  const receipts = new Map<string, number>();
  const states: string[] = [];
  for await (const { partitionKey = '', rowKey = '', data } of table.listEntities<{ data: string }>()) {
    if (rowKey === 'state') states.push(partitionKey);
    if (rowKey.startsWith('history') && data.includes('"event":"received"'))
      receipts.set(partitionKey, (receipts.get(partitionKey) ?? 0) + 1);
  }
  expect(new Set(states)).toEqual(ids);
  expect(states).toHaveLength(ALERTS);
  const listed: string[] = [];
  for (let url: string | null = `${app.url}/api/collections?limit=200`; url !== null; ) {
    const answer = await fetch(url);
    const page = (await answer.json()) as { collections: { id: string }[]; next: string | null };
    listed.push(...page.collections.map(({ id }) => id));
    url = page.next;
  }
  expect(listed.sort()).toEqual([...ids].sort());
  expect([...receipts.values()].every((count) => count === 1)).toBe(true);
  expect(receipts.size).toBe(ALERTS);
});
