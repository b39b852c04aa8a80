import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inOrder } from '../../shared/pipeline/in-order.ts';
import { seedChance } from '../simulation/chance.ts';
import { mutatePayload } from '../shared/doors/mutate-payload.ts';
import { payloadNames, readPayloadText } from '../shared/doors/payload-fixtures.ts';
import { type AppUnderTest, startAppUnderTest } from './app-under-test.ts';

const VARIANTS = 300;
const AT_ONCE = 8;

let app: AppUnderTest;

beforeAll(async () => {
  app = await startAppUnderTest({ settings: { MODE: 'observe' } });
});
afterAll(() => app.close());

interface Answered {
  readonly variant: number;
  readonly status: number;
  readonly text: string;
}

it(`${VARIANTS} malformed variants never give a 500, and of what is not taken nothing is stored but the fact`, async () => {
  const answered: Answered[] = [];
  await inOrder(AT_ONCE, [...Array(VARIANTS).keys()], async (variant) => {
    const chance = seedChance(`through the host ${variant}`);
    const answer = await app.send(mutatePayload(readPayloadText(chance.pick(payloadNames)), chance));
    answered.push({ variant, status: answer.status, text: await answer.text() });
  });
  for (const { variant, status, text } of answered) {
    expect([200, 202, 400, 413, 422], `variant ${variant}: ${text}`).toContain(status);
    expect(text, `variant ${variant}`).not.toContain('sig=SECRET');
    if (status >= 400) expect(JSON.parse(text)).toMatchObject({ status, detail: expect.stringMatching(/\.$/) });
  }
  const taken = answered.filter(({ status }) => status === 202);
  const turnedAway = answered.filter(({ status, text }) => status !== 202 && !text.includes('validationResponse'));
  expect(taken.length).toBeGreaterThan(VARIANTS / 10);
  expect(turnedAway.length).toBeGreaterThan(VARIANTS / 10);

  const ids = new Set(
    taken.flatMap(({ text }) =>
      (JSON.parse(text) as { collections: { id: string }[] }).collections.map(({ id }) => id),
    ),
  );
  const { connectionString } = app.storage;
  const table = TableClient.fromConnectionString(connectionString, 'collector', { allowInsecureConnection: true });
  const refused: string[] = [];
  const known = new Set<string>();
  for await (const row of table.listEntities<{ data: string }>()) {
    expect(row.data).not.toContain('sig=SECRET');
    if (row.partitionKey === 'refused') refused.push(row.data);
    else if (row.rowKey === 'state') known.add(row.partitionKey ?? '');
  }
  expect(known).toEqual(ids);
  expect(refused).toHaveLength(turnedAway.length);
  for (const fact of refused) expect(fact).toMatch(/^\{"at":"[^"]+","door":"http","code":"[a-z-]+"\}$/);
  const evidence = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('evidence');
  for await (const blob of evidence.listBlobsFlat()) expect(blob.name).toBe('no blob at all');
  expect(await app.readLog()).not.toContain('sig=SECRET');
});
