import type { Finding } from './finding.ts';
import type { Acknowledged } from './post-alerts.ts';

const ANSWER_LIMIT_MS = 15_000;

/** Each receipt that an app gave must be known to the app that runs now, and say that all is ended (200). */
export async function checkReceipts(
  acknowledged: readonly Acknowledged[],
  url: string | null,
): Promise<readonly Finding[]> {
  if (url === null) return [{ what: 'It does not listen at the end.', where: 'the app' }];
  const paths = new Set(acknowledged.map(({ receiptPath }) => receiptPath));
  const findings: Finding[] = [];
  for (const path of paths) {
    const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    await answer.arrayBuffer();
    if (answer.status !== 200)
      findings.push({ what: `It is answered with ${answer.status}.`, where: `receipt ${path}` });
  }
  return findings;
}
