import type { Progress } from '../../start/show-progress.ts';
import { type Finding, ok, unknown, wrong } from '../finding.ts';
import { acceptedSchema } from './answers.ts';
import { adviseOn, checkApp } from './check-app.ts';
import { checkPackage } from './check-package.ts';
import { type CanaryCollection, followCanary, type Patience } from './follow-canary.ts';
import type { AppApi } from './open-app.ts';

/** What a canary is asked for; the same key is the same collection. */
export interface CanaryOrder {
  /** A machine's id of 40 hex digits, or its name. */
  readonly machine: string;
  /** A profile by its id; null for the one that any alert on the machine would have. */
  readonly profile: string | null;
  readonly key: string;
}

const ORDER = 'canary: order';
const COLLECTION = 'canary: collection';

/** Has a collection made by a running app, and checks the package that comes of it; ends at the first thing that is wrong. */
export async function runCanary(
  api: AppApi,
  order: CanaryOrder,
  progress: Progress,
  patience: Patience,
): Promise<readonly Finding[]> {
  const app = await checkApp(api);
  if (app.verdict !== 'ok') return [app];
  progress.say(`The app answers. A collection on ${order.machine} is asked for.`);
  const given = await giveOrder(api, order);
  if (given.id === null) return [app, given.finding];
  const followed = await followCanary(api, given.id, progress, patience);
  const seen = [app, given.finding];
  switch (followed.outcome) {
    case 'lost':
      return [...seen, wrong(COLLECTION, `It cannot be followed. ${followed.why}`, adviseOn({ answer: 'refused' }))];
    case 'still open':
      return [...seen, describeOpen(given.id, followed.collection)];
    case 'ended':
      return [...seen, ...(await checkEnd(api, given.id, followed.collection, progress))];
    default: {
      const unseen: never = followed;
      throw new Error(`Unknown outcome ${JSON.stringify(unseen)}.`);
    }
  }
}

type Given = { readonly finding: Finding; readonly id: string | null };

async function giveOrder(api: AppApi, { machine, profile, key }: CanaryOrder): Promise<Given> {
  const named = /^[0-9a-f]{40}$/i.test(machine) ? { machineId: machine.toLowerCase() } : { machineName: machine };
  const body = JSON.stringify({ ...named, ...(profile === null ? {} : { profile }), severity: 'Informational' });
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const asked = await api.ask('collections', { method: 'POST', headers, body });
  if (asked.answer === 'none') return { id: null, finding: wrong(ORDER, asked.why, adviseOn(asked)) };
  if (asked.answer === 'refused')
    return { id: null, finding: wrong(ORDER, `The app answered ${asked.status}: ${asked.why}`, adviseOn(asked)) };
  const accepted = acceptedSchema.safeParse(await asked.response.json().catch(() => null));
  const [first] = accepted.data?.collections ?? [];
  if (first === undefined)
    return {
      id: null,
      finding: wrong(ORDER, 'The app answered without a collection.', adviseOn({ answer: 'refused' })),
    };
  return { id: first.id, finding: ok(ORDER, `Taken as collection ${first.id}.`) };
}

function describeOpen(id: string, { status, reason }: CanaryCollection): Finding {
  return unknown(
    COLLECTION,
    `It is still ${status}. ${reason ?? 'It goes on.'}`,
    `Look at GET /api/collections/${id} later: it goes on by itself. Is the machine on, and may Defender reach it?`,
  );
}

async function checkEnd(
  api: AppApi,
  id: string,
  collection: CanaryCollection,
  progress: Progress,
): Promise<readonly Finding[]> {
  const { status, reason, machineName } = collection;
  const ended =
    status === 'collected'
      ? ok(COLLECTION, `It ended collected on ${machineName ?? 'the machine'}: every result is stored.`)
      : wrong(COLLECTION, `It ended ${status}. ${reason ?? 'No reason is given.'}`, adviseOnEnd(status, id));
  if (collection.package === null) return [ended];
  progress.say('The package is fetched and verified.');
  return [ended, ...(await checkPackage(api, id))];
}

function adviseOnEnd(status: string, id: string): string {
  if (status === 'skipped')
    return 'Choose a machine that Defender knows and a profile covers, or name one by --profile.';
  if (status === 'cancelled')
    return 'Somebody called it off: the custody log names whom. Run the canary again when it suits.';
  return `Do as the reason says (operate.md, Collections fail), then run the canary again; GET /api/collections/${id} names each result that is missing.`;
}
