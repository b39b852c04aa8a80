import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { createWatermark } from '../../../shared/state/watermark.ts';

let emulator: Azurite;
beforeAll(async () => {
  emulator = await startAzurite();
});
afterAll(() => emulator.close());

const NOW = new Date('2026-11-20T08:00:00.000Z');
const WEEK_MS = 7 * 24 * 3_600_000;

async function open(name: string) {
  const table = TableClient.fromConnectionString(emulator.connectionString, 'watermarks', {
    allowInsecureConnection: true,
  });
  await table.createTable();
  const parts = { table, wait: async () => undefined, random: () => 0, readTime: () => NOW };
  return { table, mark: createWatermark(parts, name, WEEK_MS), other: createWatermark(parts, name, WEEK_MS) };
}

describe('a watermark', () => {
  it('is nothing at first, then where it was moved to, and never goes back', async () => {
    const { mark, other } = await open('first');
    expect(await mark.read()).toEqual({ upTo: null, now: NOW });
    await mark.moveTo('2026-11-20T07:00:00.000Z');
    await other.moveTo('2026-11-20T06:00:00.000Z');
    expect(await mark.read()).toMatchObject({ upTo: '2026-11-20T07:00:00.000Z' });
    await other.moveTo('2026-11-20T07:30:00.000Z');
    expect(await mark.read()).toMatchObject({ upTo: '2026-11-20T07:30:00.000Z' });
  });

  it('moved by five instances at once is at the latest', async () => {
    const { mark, other } = await open('many');
    const times = [3, 1, 5, 2, 4].map((hour) => `2026-11-20T0${hour}:00:00.000Z`);
    await Promise.all(times.map((time, index) => (index % 2 === 0 ? mark : other).moveTo(time)));
    expect(await mark.read()).toMatchObject({ upTo: '2026-11-20T05:00:00.000Z' });
  });

  it.each(['', '{', '{"upTo":"soon"}', '{"upTo":null}'])(
    'in a damaged row (%j) stands a week back, so that nothing is lost',
    async (data) => {
      const { table, mark } = await open('damaged');
      await table.upsertEntity({ partitionKey: 'watermark', rowKey: 'damaged', schema: 3, data }, 'Replace');
      expect(await mark.read()).toMatchObject({ upTo: '2026-11-13T08:00:00.000Z' });
    },
  );
});
