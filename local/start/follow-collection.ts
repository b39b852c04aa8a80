import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { describeStep } from './describe-step.ts';
import type { Progress } from './show-progress.ts';

const collectionSchema = z.object({
  id: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  endedAt: z.string().nullable(),
});
const custodySchema = z.object({
  entries: z.array(
    z.object({
      number: z.number(),
      at: z.string(),
      event: z.string(),
      detail: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    }),
  ),
});
const acceptedSchema = z.object({
  collections: z.array(z.object({ id: z.string(), status: z.string(), url: z.string() })).min(1),
});

/** A collection as far as a person follows it. */
export type Followed = z.infer<typeof collectionSchema>;

const LIMIT_MS = 4 * 60_000;

/** Sends an alert to the app; answers its collection's URL. */
export async function sendAlert(
  appUrl: string,
  alertId: string,
): Promise<{ readonly id: string; readonly url: string }> {
  const answer = await fetch(`${appUrl}/api/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ alertId }),
  });
  if (answer.status !== 202)
    throw new Error(`The app answered ${answer.status} to the alert, not 202: ${await answer.text()}`);
  const [first] = acceptedSchema.parse(await answer.json()).collections;
  if (first === undefined) throw new Error('The app answered without a collection.');
  return first;
}

/** Follows a collection to its end and says each step as it happens. */
export async function followCollection(url: string, progress: Progress, signal: AbortSignal): Promise<Followed> {
  const giveUpAtMs = Date.now() + LIMIT_MS;
  let told = 0;
  for (;;) {
    const collection = collectionSchema.parse(await getJson(url, signal));
    const { entries } = custodySchema.parse(await getJson(`${url}/custody`, signal));
    for (const entry of entries.slice(told)) progress.say(describeStep(entry));
    told = entries.length;
    if (collection.endedAt !== null) return collection;
    if (Date.now() > giveUpAtMs)
      throw new Error(
        `The collection is still ${collection.status} after four minutes${collection.reason === null ? '' : `: ${collection.reason}`}`,
      );
    progress.waitFor(`${collection.status}${collection.reason === null ? '' : `: ${collection.reason}`}`);
    await sleep(250, undefined, { signal });
  }
}

async function getJson(url: string, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`GET ${url} was answered with ${answer.status}.`);
  return answer.json();
}
