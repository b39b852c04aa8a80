import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generatedContent, generatedGzip } from '../../../local/simulator/results/generated-content.ts';
import type { ResultContent } from '../../../local/simulator/results/result.ts';
import { copyFromLink } from '../../../shared/evidence/copy-from-link.ts';
import { openStream } from '../../../shared/evidence/read-evidence.ts';
import { itemOf, MIB, prepare, theStorage, useStorage } from './prepare-copy.ts';
import { startLinks } from './start-links.ts';

useStorage();

const BYTES = 100 * MIB + 1;
const PLAIN = generatedContent(BYTES, 'large');
const GZIP = generatedGzip(BYTES, 'large', { fileName: 'large.bin', modifiedMs: 0, packedOn: 'windows' });

async function sha256Of(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of stream) hash.update(piece);
  return hash.digest('hex');
}

const whole = ({ read, lengthBytes }: ResultContent) => sha256Of(read(0, lengthBytes));

describe('I4 the link of a large result expires', () => {
  it.each([...[0, 1, 50, 99, 100].map((percent) => ['plain', percent, PLAIN] as const), ['gzip', 50, GZIP] as const])(
    '%s, at %i %',
    async (_name, percent, content) => {
      const { lengthBytes } = content;
      const afterBytes = Math.floor((lengthBytes * percent) / 100);
      const cut = { on: 'result', do: 'cut', afterBytes, times: percent === 0 ? 0 : 1 } as const;
      const links = await startLinks(content, [cut], [percent === 0 ? 1 : 2]);
      onTestFinished(links.close);
      const limits = { maxBytes: 2 * BYTES, maxInsideBytes: 2 * BYTES, maxInsideRatio: 10 };
      const { request } = await prepare([], { askForLink: links.askForLink, limits });

      const item = itemOf(await copyFromLink(request));

      const sha256 = await whole(content);
      const inside = content === GZIP ? { bytes: BYTES, sha256: await whole(PLAIN) } : null;
      expect(item).toMatchObject({ bytes: lengthBytes, sha256, inside });
      const stored = await openStream(theStorage().container, request.path);
      if (stored.outcome !== 'opened') throw new Error(stored.outcome);
      expect(await sha256Of(stored.stream)).toBe(sha256);
      const rest = [`bytes=${afterBytes}- 403`, `bytes=${afterBytes}- 206`];
      const expected = percent === 0 ? ['bytes=0- 403', 'bytes=0- 206'] : ['bytes=0- 206', ...rest];
      expect(links.requests()).toEqual(percent === 100 ? ['bytes=0- 206'] : expected);
      await theStorage().container.getBlobClient(request.path).delete();
    },
  );
});
