import type { CommentOutcome, FoundComments } from './alert-comments.ts';
import type { DefenderClient } from './client.ts';
import { DefenderError } from './errors.ts';

/** A missing permission is a person's to mend, and a quota is for looking alerts up before it is for comments. */
const REST_MS = 10 * 60_000;

/** Comments on alerts, of which nothing is sent for ten minutes after Defender did not allow one or had no room for it. */
export function restAfterRefusal(
  defender: Pick<DefenderClient, 'readComments' | 'addComment'>,
  now: () => number,
): {
  readComments(alertId: string): Promise<FoundComments>;
  addComment(alertId: string, text: string): Promise<CommentOutcome>;
} {
  let restsUntil = Number.NEGATIVE_INFINITY;
  const reason = 'Defender did not take a comment a while ago; comments are tried again later.';
  return {
    async readComments(alertId) {
      if (now() >= restsUntil) return defender.readComments(alertId);
      throw new DefenderError({
        ...{ endpoint: 'get alert', status: null, code: 'QuotaUsedUp', target: null, message: reason },
        ...{ retryAfterMs: restsUntil - now(), effect: 'none' },
      });
    },
    async addComment(alertId, text) {
      if (now() < restsUntil) return { outcome: 'throttled', afterMs: restsUntil - now(), reason };
      const added = await defender.addComment(alertId, text);
      if (added.outcome === 'not allowed' || added.outcome === 'throttled') restsUntil = now() + REST_MS;
      return added;
    },
  };
}
