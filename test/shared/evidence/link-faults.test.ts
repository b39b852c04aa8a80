import { describe, expect, it, onTestFinished } from 'vitest';
import type { LinkFault } from '../../../local/simulator/results/link-fault.ts';
import { bytesContent } from '../../../local/simulator/results/result.ts';
import { copyFromLink } from '../../../shared/evidence/copy-from-link.ts';
import type { CopyRequest } from '../../../shared/evidence/copy-request.ts';
import { compareStored, fail, hashesOf, itemOf, KIB, MIB, prepare, useStorage } from './prepare-copy.ts';
import { startLinks } from './start-links.ts';
import { makeBytes } from './start-source.ts';

useStorage();

type Choice = 'times' | 'skip';
type Spoiled = LinkFault extends infer F ? (F extends LinkFault ? Omit<F, 'on' | Choice> : never) : never;

/** A fault of the downloads after the first `skip`, once or for ever. */
function spoil(fault: Spoiled, skip = 0, times = 1): LinkFault {
  return { on: 'result', times, skip, ...fault };
}

async function prepareFrom(
  content: Buffer,
  faults: readonly LinkFault[],
  late: readonly number[] = [],
  changes: Partial<CopyRequest> = {},
) {
  const links = await startLinks(bytesContent(content), faults, late);
  onTestFinished(links.close);
  const { request, seen } = await prepare([], { askForLink: links.askForLink, ...changes });
  return { links, request, seen };
}

describe('I4 a link that expires is made again, and each try has its own', () => {
  const lengths = [0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 17 * MIB];
  it.each(lengths.flatMap((length) => [0, 1, 50, 99, 100].map((percent) => ({ length, percent }))))(
    'after $percent % of $length bytes',
    async ({ length, percent }) => {
      const content = makeBytes(length);
      const cutAfter = Math.floor((length * percent) / 100);
      // At 0 % the first link is over at once, later the one by which the rest is asked for.
      const faults = percent === 0 ? [] : [spoil({ do: 'cut', afterBytes: cutAfter }, length === 0 ? 1 : 0)];
      const { links, request } = await prepareFrom(content, faults, [percent === 0 ? 1 : 2]);

      expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(content));

      expect(await compareStored(request, content)).toBe('same');
      const whole = length === 0 ? ['bytes=0- 416', 'null 200'] : ['bytes=0- 206'];
      const rest = [`bytes=${cutAfter}- 403`, `bytes=${cutAfter}- 206`];
      if (percent === 0) expect(links.requests()).toEqual(['bytes=0- 403', ...whole]);
      else expect(links.requests()).toEqual(cutAfter === length ? whole : [...whole, ...rest]);
    },
  );

  it('never follows a link twice', async () => {
    const content = makeBytes(90 * KIB);
    const faults: LinkFault[] = [
      spoil({ do: 'reset' }),
      spoil({ do: 'cut', afterBytes: 10 * KIB }),
      spoil({ do: 'refuse', status: 503, code: 'ServerBusy' }),
      spoil({ do: 'stall', afterBytes: 10 * KIB }),
    ];
    const { links, request } = await prepareFrom(content, faults, [], { idleTimeoutMs: 1000 });
    expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(content));
    // A link that had been used before would be refused, as it is over.
    expect(links.calls().map(({ status }) => status)).toEqual([null, 206, 503, 206, 206]);
    expect(links.asked()).toBe(5);
  });
});

describe('I4 a download that lies is never committed', () => {
  const content = makeBytes(90 * KIB);
  const cut = (): LinkFault => spoil({ do: 'cut', afterBytes: 30 * KIB });

  /** A fault of the first download or of the second, which asks for the rest: once, and each time. */
  function repeat(where: 'first' | 'rest', fault: Spoiled): { once: LinkFault[]; always: LinkFault[] } {
    if (where === 'first') return { once: [spoil(fault)], always: [spoil(fault, 0, Number.POSITIVE_INFINITY)] };
    return { once: [cut(), spoil(fault)], always: [1, 2, 3].flatMap(() => [cut(), spoil(fault)]) };
  }

  it.each<[string, 'first' | 'rest', Spoiled, string]>([
    ['announces more than it sends', 'first', { do: 'announce', moreBytes: 10 }, 'source-inconsistent'],
    ['announces more than it sends', 'rest', { do: 'announce', moreBytes: 10 }, 'source-inconsistent'],
    ['sends more than it announces', 'first', { do: 'announce', moreBytes: -10 }, 'source-inconsistent'],
    ['sends more than it announces', 'rest', { do: 'announce', moreBytes: -10 }, 'source-inconsistent'],
    ['answers a range with 200 and everything', 'rest', { do: 'whole' }, 'source-inconsistent'],
    ['sends a later range', 'first', { do: 'shift', byBytes: 1 }, 'source-inconsistent'],
    ['sends a later range', 'rest', { do: 'shift', byBytes: 1 }, 'source-inconsistent'],
    ['sends an earlier range', 'rest', { do: 'shift', byBytes: -1 }, 'source-inconsistent'],
    ['changes its ETag between two ranges', 'rest', { do: 'other ETag' }, 'source-inconsistent'],
    ['was replaced', 'rest', { do: 'refuse', status: 412, code: 'ConditionNotMet' }, 'source-inconsistent'],
    ['stalls before its first byte', 'first', { do: 'stall', afterBytes: 0 }, 'source-stalled'],
    ['stalls in the middle', 'first', { do: 'stall', afterBytes: 9 * KIB }, 'source-stalled'],
    ['is cut', 'first', { do: 'cut', afterBytes: 9 * KIB }, 'connection-cut'],
    ['is reset', 'first', { do: 'reset' }, 'connection-cut'],
    ['expires', 'first', { do: 'refuse', status: 403, code: 'AuthenticationFailed' }, 'link-expired'],
    ['is busy', 'first', { do: 'refuse', status: 503, code: 'ServerBusy' }, 'source-busy'],
  ])('when it %s, in the %s download', async (_name, where, fault, code) => {
    const { once, always } = repeat(where, fault);
    // Where nothing stalls, a busy computer must not seem to.
    const timeoutMs = fault.do === 'stall' ? { once: 1000, always: 50 } : { once: 30_000, always: 30_000 };
    const good = await prepareFrom(content, once, [], { idleTimeoutMs: timeoutMs.once });
    expect(itemOf(await copyFromLink(good.request))).toMatchObject(hashesOf(content));
    expect(await compareStored(good.request, content)).toBe('same');
    expect(good.links.calls()).toHaveLength(once.length + 1);

    const bad = await prepareFrom(content, always, [], { idleTimeoutMs: timeoutMs.always });
    expect((await fail(bad.request)).code).toBe(code);
    expect(await compareStored(bad.request, null)).toBe('nothing');
  });

  it('but what came before a stall is kept, to the last byte but one', async () => {
    const { links, request } = await prepareFrom(content, [spoil({ do: 'stall', afterBytes: 90 * KIB - 1 })], [], {
      idleTimeoutMs: 1000,
    });
    expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(content));
    expect(links.requests()).toEqual(['bytes=0- 206', 'bytes=92159- 206']);
  });

  it('when it redirects', async () => {
    const redirect = spoil({ do: 'redirect', location: 'http://169.254.169.254/' });
    const { request } = await prepareFrom(content, [cut(), redirect]);
    expect(await copyFromLink(request)).toMatchObject({ outcome: 'refused' });
    expect(await compareStored(request, null)).toBe('nothing');
  });
});
