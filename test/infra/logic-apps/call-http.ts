import * as z from 'zod';

/** How a run reaches the web: as whom, how it waits, and what becomes of an error's media type, which no manual tells. */
export interface Web {
  /** What the platform makes of the token of the run's identity; sent with each call, also of a Location on the same host. */
  readonly identity: Readonly<Record<string, string>>;
  readonly wait: (seconds: number) => Promise<void>;
  readonly problems: 'as JSON' | 'as content';
  /** After how many answers of 202 the action's time is up. */
  readonly patience: number;
}

/** How an action ended, and what it came to. */
export interface Ended {
  readonly status: 'Succeeded' | 'Failed' | 'TimedOut' | 'Skipped';
  readonly outputs: unknown;
}

const inputsSchema = z.strictObject({
  method: z.literal('POST'),
  uri: z.url(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
  authentication: z.strictObject({ type: z.literal('ManagedServiceIdentity'), audience: z.string().min(1) }),
  retryPolicy: z.strictObject({ type: z.literal('exponential'), count: z.number(), interval: z.string() }),
});

/**
 * An HTTP action (Azure Logic Apps: asynchronous pattern): a 202 is followed at its Location, as late as Retry-After says,
 * until another answer comes, which is the action's. Calls that fail are not repeated here.
 */
export async function callHttp(inputs: unknown, web: Web): Promise<Ended> {
  const { method, uri, headers, body } = inputsSchema.parse(inputs);
  let answer = await fetch(uri, { method, headers: { ...headers, ...web.identity }, body: JSON.stringify(body) });
  for (let polls = 0; answer.status === 202; polls += 1) {
    const location = answer.headers.get('location');
    if (location === null) break;
    if (polls === web.patience) return { status: 'TimedOut', outputs: null };
    if (new URL(location).origin !== new URL(uri).origin) throw new Error(`It is sent to another host: ${location}`);
    await answer.body?.cancel();
    await web.wait(Number(answer.headers.get('retry-after')));
    answer = await fetch(location, { headers: web.identity });
  }
  const outputs = {
    statusCode: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: await readBody(answer, web.problems),
  };
  return { status: answer.ok ? 'Succeeded' : 'Failed', outputs };
}

/** JSON as its value, texts as such, all else as base64 beside its media type (Azure Logic Apps: handle content types). */
async function readBody(answer: Response, problems: Web['problems']): Promise<unknown> {
  const type = answer.headers.get('content-type') ?? '';
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (bytes.length === 0) return null;
  const isJson = /^application\/json\b/.test(type) || (problems === 'as JSON' && /\+json\b/.test(type));
  if (isJson) return JSON.parse(bytes.toString('utf8')) as unknown;
  if (/^text\//.test(type)) return bytes.toString('utf8');
  return { '$content-type': type, $content: bytes.toString('base64') };
}
