import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../local/simulator/clock.ts';
import { type Call, createCallLog } from '../../../local/simulator/http/call-log.ts';
import { createFaults } from '../../../local/simulator/http/fault.ts';
import { closeServer, listenOnLoopback } from '../../../local/simulator/http/listen.ts';
import type { LinkFault } from '../../../local/simulator/results/link-fault.ts';
import { signLink } from '../../../local/simulator/results/link-signature.ts';
import { createResult, type ResultContent } from '../../../local/simulator/results/result.ts';
import { createLinkServer } from '../../../local/simulator/results/serve-links.ts';
import { defaultSwitches } from '../../../local/simulator/switches.ts';
import { hideLink, type LinkOutcome } from '../../../shared/domain/result-link.ts';

/** The simulator's storage with one result, whose links live only until the next one is asked for. */
export interface TestLinks {
  readonly askForLink: () => Promise<LinkOutcome>;
  /** How many links were asked for. */
  readonly asked: () => number;
  /** Ranges and statuses of the requests so far, such as `bytes=0- 206`. */
  readonly requests: () => readonly string[];
  readonly calls: () => readonly Call[];
  readonly close: () => Promise<void>;
}

const LIFETIME_MS = 1_800_000;

/** Starts it with faults of its downloads; `late` are the numbers (from 1) of links that are over when they are handed out. */
export async function startLinks(
  content: ResultContent,
  faults: readonly LinkFault[],
  late: readonly number[] = [],
): Promise<TestLinks> {
  let nowMs = Date.parse('2026-03-01T12:00:00Z');
  let asked = 0;
  const clock: Clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  const calls = createCallLog(clock);
  const key = randomBytes(32);
  const result = createResult('action', { machineId: 'machine', comment: 'test', index: 0 }, content, nowMs);
  const { blobPath } = result;
  const server = createLinkServer({
    results: new Map([[blobPath, result]]),
    key,
    clock,
    calls,
    takeFault: createFaults(faults),
    switches: defaultSwitches,
    signal: new AbortController().signal,
  });
  const origin = await listenOnLoopback(server, 0);
  return {
    askForLink: async () => {
      asked += 1;
      // From now on the link before this one is over.
      nowMs += LIFETIME_MS;
      const lifetimeMs = late.includes(asked) ? 0 : LIFETIME_MS;
      return { outcome: 'link', link: hideLink(signLink({ origin, blobPath, key, nowMs, lifetimeMs })) };
    },
    asked: () => asked,
    requests: () => calls.list().map(({ range, status }) => `${range} ${status}`),
    calls: calls.list,
    close: () => closeServer(server),
  };
}
