import { describe, expect, it } from 'vitest';
import { explainPayloads, listGolden, readGolden } from './explain-payloads.ts';

const explained = await explainPayloads();

describe('every profile against every payload (node test/profiles/explain-payloads.ts writes them anew)', () => {
  it.each([...explained])('%s', async (name, text) => {
    expect(text).toBe(await readGolden(name));
  });

  it('has a golden file for each payload and no other', async () => {
    expect(await listGolden()).toEqual([...explained.keys()]);
  });
});
