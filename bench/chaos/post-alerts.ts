import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Chance } from './chance.ts';
import type { Finding } from './finding.ts';
import type { Target } from './make-scenario.ts';

/** One payload that is posted until it is acknowledged: when, and whether it names the machine. */
export interface Posting {
  readonly target: Target;
  readonly form: 'alert alone' | 'with its machine';
  readonly afterMs: number;
}

/** A posting that was answered with 202: the collection, and the path of its receipt. */
export interface Acknowledged {
  readonly posting: Posting;
  readonly collectionId: string;
  readonly receiptPath: string;
}

/** What posting came to; `answers` counts all answers by status, 0 for none. */
export interface Posted {
  readonly acknowledged: readonly Acknowledged[];
  readonly answers: ReadonlyMap<number, number>;
  readonly findings: readonly Finding[];
}

const MEAN_GAP_MS = 2_200;
const TRY_AGAIN_MS = 150;
const ANSWER_LIMIT_MS = 15_000;

/** Plans the postings: one alert after the other, every third of them posted once more, half of those in the other form, which claims another collection. */
export function planPostings(chance: Chance, targets: readonly Target[]): readonly Posting[] {
  let afterMs = 0;
  return targets.flatMap((target, index): readonly Posting[] => {
    afterMs += chance.whole(0, 2 * MEAN_GAP_MS);
    const form = chance.whole(0, 1) === 0 ? 'alert alone' : 'with its machine';
    const first: Posting = { target, form, afterMs };
    if (index % 3 !== 0) return [first];
    const other = form === 'alert alone' ? 'with its machine' : 'alert alone';
    const again: Posting = {
      target,
      form: chance.whole(0, 1) === 0 ? form : other,
      afterMs: afterMs + chance.whole(0, 8_000),
    };
    return [first, again];
  });
}

const acceptedSchema = z.object({ collections: z.array(z.object({ id: z.string() })).length(1) });

/** Posts everything at its time to an app that listens, each until it is acknowledged, or the signal aborts. */
export async function postAlerts(
  postings: readonly Posting[],
  findApp: () => string | null,
  signal: AbortSignal,
): Promise<Posted> {
  const acknowledged: Acknowledged[] = [];
  const answers = new Map<number, number>();
  const findings: Finding[] = [];
  const postOne = async (posting: Posting): Promise<void> => {
    await sleep(posting.afterMs, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      const url = findApp();
      const answer = url === null ? null : await post(url, posting, signal);
      if (answer !== null) answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
      if (answer?.status === 202) {
        const [collection] = acceptedSchema.parse(answer.body).collections;
        acknowledged.push({ posting, collectionId: collection?.id ?? '', receiptPath: answer.receiptPath });
        return;
      }
      if (answer !== null && answer.status >= 400 && answer.status < 500) {
        findings.push({ what: `The app refused an alert with ${answer.status}.`, where: posting.target.alertId });
        return;
      }
      await sleep(TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
    findings.push({ what: 'It was never acknowledged.', where: `alert ${posting.target.alertId}` });
  };
  await Promise.all(postings.map(postOne));
  return { acknowledged, answers, findings };
}

interface Answer {
  readonly status: number;
  readonly receiptPath: string;
  readonly body: unknown;
}

/** One POST; status 0 when it was not answered whole. */
async function post(url: string, { target, form }: Posting, signal: AbortSignal): Promise<Answer> {
  const { alertId, machineId } = target;
  try {
    const answer = await fetch(`${url}/api/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form === 'alert alone' ? { alertId } : { alertId, machineId }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
    });
    const body: unknown = await answer.json();
    const location = answer.headers.get('location') ?? '';
    return { status: answer.status, receiptPath: URL.canParse(location) ? new URL(location).pathname : '', body };
  } catch {
    return { status: 0, receiptPath: '', body: null };
  }
}
