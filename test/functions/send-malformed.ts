import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { expect } from 'vitest';
import { inOrder } from '../../shared/pipeline/in-order.ts';
import { seedChance } from '../simulation/chance.ts';
import { mutatePayload } from '../shared/doors/mutate-payload.ts';
import { payloadNames, readPayloadText } from '../shared/doors/payload-fixtures.ts';
import type { AppUnderTest } from './app-under-test.ts';

const AT_ONCE = 8;
/** Partitions that hold nothing of what was sent: what all instances share, and the facts of what was refused. */
const SHARED = ['heartbeat', 'lane', 'quota', 'refused', 'turn'];
/** Partitions by which a collection is found: whose row it is. */
const OWNER: Readonly<Record<string, (row: { readonly rowKey: string; readonly data: string }) => readonly string[]>> =
  {
    open: ({ rowKey }) => [rowKey],
    received: ({ data }) => [data],
    operation: ({ data }) => JSON.parse(data) as string[],
    pair: ({ data }) => [data],
  };

interface Answered {
  readonly variant: number;
  readonly status: number;
  readonly text: string;
}

/** Sends so many malformed variants of the payloads, and expects what may become of them: an answer, and nothing stored but the fact. */
export async function sendMalformed(app: AppUnderTest, variants: number): Promise<void> {
  const answered: Answered[] = [];
  await inOrder(AT_ONCE, [...Array(variants).keys()], async (variant) => {
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
  expect(taken.length).toBeGreaterThan(variants / 10);
  expect(turnedAway.length).toBeGreaterThan(variants / 10);
  const ids = new Set(
    taken.flatMap(({ text }) =>
      (JSON.parse(text) as { collections: { id: string }[] }).collections.map(({ id }) => id),
    ),
  );
  await checkStored(app, ids, turnedAway.length);
}

/** Of what was turned away nothing is stored but that it was; of what was taken, its collections. */
async function checkStored(app: AppUnderTest, ids: ReadonlySet<string>, turnedAway: number): Promise<void> {
  const { connectionString } = app.storage;
  const table = TableClient.fromConnectionString(connectionString, 'collector', { allowInsecureConnection: true });
  const refused: string[] = [];
  const known = new Set<string>();
  const foreign: string[] = [];
  for await (const row of table.listEntities<{ data: string }>()) {
    const { partitionKey = '', rowKey = '', data } = row;
    if (data.includes('sig=SECRET')) foreign.push(`${partitionKey}/${rowKey}: ${data}`);
    if (partitionKey === 'refused') refused.push(data);
    else if (rowKey === 'state') known.add(partitionKey);
    const owners = OWNER[partitionKey]?.({ rowKey, data }) ?? [partitionKey];
    if (!SHARED.includes(partitionKey) && !owners.every((id) => ids.has(id))) foreign.push(`${partitionKey}/${rowKey}`);
  }
  expect(foreign).toEqual([]);
  expect(known).toEqual(ids);
  expect(refused).toHaveLength(turnedAway);
  for (const fact of refused) expect(fact).toMatch(/^\{"at":"[^"]+","door":"http","code":"[a-z-]+"\}$/);
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  const names: string[] = [];
  for (const container of ['evidence', 'custody', 'tickets'])
    for await (const { name } of blobs.getContainerClient(container).listBlobsFlat()) names.push(name);
  expect(names).toEqual([]);
  expect(await app.readLog()).not.toContain('sig=SECRET');
}
