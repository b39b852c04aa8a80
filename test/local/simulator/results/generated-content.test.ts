import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { generatedContent, generatedGzip } from '../../../../local/simulator/results/generated-content.ts';
import type { ResultContent } from '../../../../local/simulator/results/result.ts';

const name = { fileName: 'big.bin', modifiedMs: 0, packedOn: 'windows' } as const;

async function read(content: ResultContent, start = 0, end = content.lengthBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content.read(start, end)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each([1, 32_768, 65_535, 65_536, 65_537, 98_304, 200_000])(
  '%d bytes in gzip are a true gzip of the plain bytes, of the length announced',
  async (bytes) => {
    const plain = await read(generatedContent(bytes, 'seed'));
    const packed = generatedGzip(bytes, 'seed', name);
    const whole = await read(packed);
    expect(plain).toHaveLength(bytes);
    expect(whole).toHaveLength(packed.lengthBytes);
    expect(gunzipSync(whole).equals(plain)).toBe(true);
  },
);

test('any range of the gzip is that part of the whole', async () => {
  const packed = generatedGzip(150_000, 'seed', name);
  const whole = await read(packed);
  const edges = [0, 1, 17, 18, 19, 23, 32_790, 65_563, 65_564, 65_565, 100_000, whole.length - 9, whole.length - 1];
  for (const start of edges) {
    for (const end of [...edges, whole.length].filter((edge) => edge > start)) {
      expect((await read(packed, start, end)).equals(whole.subarray(start, end)), `${start}-${end}`).toBe(true);
    }
  }
});

test('another seed gives other bytes, the same seed the same', async () => {
  const one = await read(generatedContent(70_000, 'one'));
  expect((await read(generatedContent(70_000, 'one'))).equals(one)).toBe(true);
  expect((await read(generatedContent(70_000, 'two'))).equals(one)).toBe(false);
  expect(one.subarray(0, 4464).equals(one.subarray(65_536))).toBe(false);
});
