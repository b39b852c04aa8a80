import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { spellHidden } from '../../../shared/domain/escape-html.ts';
import { describeStep } from '../../start/describe-step.ts';
import type { Progress } from '../../start/show-progress.ts';
import { collectionSchema, custodySchema } from './answers.ts';
import type { AppApi } from './open-app.ts';

/** A collection as a canary sees it. */
export type CanaryCollection = z.infer<typeof collectionSchema>;

/** How a canary's collection was seen to end, or why that was not seen; it goes on in the app in either case. */
export type Followed =
  | { readonly outcome: 'ended'; readonly collection: CanaryCollection }
  | { readonly outcome: 'still open'; readonly collection: CanaryCollection }
  | { readonly outcome: 'lost'; readonly why: string };

/** How long a canary is followed, and how often it is looked at. */
export interface Patience {
  readonly limitMs: number;
  readonly everyMs: number;
}

/** One answer that fails may be a restart of the app; so many in a row are not. */
const MOST_FAILURES = 5;

/** Follows a collection to its end, and says each entry of its custody log as it comes. */
export async function followCanary(api: AppApi, id: string, progress: Progress, patience: Patience): Promise<Followed> {
  const giveUpAtMs = Date.now() + patience.limitMs;
  let told = 0;
  for (let failures = 0; ; ) {
    const seen = await look(api, id);
    if (seen.outcome === 'lost') {
      failures += 1;
      if (failures === MOST_FAILURES) return seen;
    } else {
      failures = 0;
      for (const entry of seen.entries.slice(told)) progress.say(spellHidden(describeStep(entry)));
      told = seen.entries.length;
      const { collection } = seen;
      if (collection.endedAt !== null) return { outcome: 'ended', collection };
      if (Date.now() >= giveUpAtMs) return { outcome: 'still open', collection };
      progress.waitFor(
        spellHidden(`${collection.status}${collection.reason === null ? '' : `: ${collection.reason}`}`),
      );
    }
    await sleep(patience.everyMs);
  }
}

type Look =
  | {
      readonly outcome: 'seen';
      readonly collection: CanaryCollection;
      readonly entries: z.infer<typeof custodySchema>['entries'];
    }
  | { readonly outcome: 'lost'; readonly why: string };

async function look(api: AppApi, id: string): Promise<Look> {
  const [shown, custody] = await Promise.all([api.ask(`collections/${id}`), api.ask(`collections/${id}/custody`)]);
  if (shown.answer !== 'given') return { outcome: 'lost', why: shown.why };
  if (custody.answer !== 'given') return { outcome: 'lost', why: custody.why };
  const collection = collectionSchema.safeParse(await shown.response.json().catch(() => null));
  const log = custodySchema.safeParse(await custody.response.json().catch(() => null));
  if (!collection.success || !log.success)
    return { outcome: 'lost', why: 'It answers with something else than a collection; is it of another version?' };
  return { outcome: 'seen', collection: collection.data, entries: log.data.entries };
}
