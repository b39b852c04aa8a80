import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readDenyList } from '../../shared/content/read-deny-list.ts';
import { readLibrary } from '../../shared/content/read-library.ts';
import { readProfiles } from '../../shared/content/read-profiles.ts';
import { readAlertPayload } from '../../shared/doors/read-alert-payload.ts';
import { spellHidden } from '../../shared/domain/escape-html.ts';
import { explainPlan, type PlanExplanation } from '../../shared/domain/explain-plan.ts';
import { identifyCollection } from '../../shared/domain/identity.ts';
import { type ExplainedAlert, explainAlert } from '../../shared/pipeline/explain-alert.ts';
import { openForPlanning } from './open-for-planning.ts';
import { describePlan } from './print-plan.ts';
import { readSample } from './read-sample.ts';
import { tallySince } from './tally-since.ts';

const USAGE = `Usage: npm run plan -- <alert.json> [--json]
       npm run plan -- --since 30d [--json]

  <alert.json>   a payload that POST /api/alerts takes: its alerts are looked up in Defender; or {"alert": …, "machine": …}
                 as Defender answers each, optionally with "files": then nobody is asked
  --since N      the tenant's alerts of the last N hours (12h) or days (30d): what each profile would have cost
  --json         everything, for programs

It reads and plans; nothing is collected, and nothing is written. Settings as for the app (environment, local.settings.json).`;
const root = new URL('../../', import.meta.url);

process.exitCode = await main();

/** Prints what would be done; 0 told, 2 nothing could be told. */
async function main(): Promise<0 | 2> {
  const given = readArguments();
  if (given === null) return refuse('');
  try {
    const told = given.since === null ? await tellOf(given.file) : await tellSince(given.since);
    if (told.outcome === 'fault') return refuse(told.fault);
    console.log(given.isJson ? JSON.stringify(told.value, null, 2) : told.lines.join('\n'));
    return 0;
  } catch (fault) {
    if (!(fault instanceof Error)) throw fault;
    return refuse((await import('../../shared/explain-fault.ts')).explainFault(fault).reason);
  }
}

type Told =
  | { readonly outcome: 'told'; readonly value: unknown; readonly lines: readonly string[] }
  | { readonly outcome: 'fault'; readonly fault: string };

async function tellOf(file: string): Promise<Told> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return { outcome: 'fault', fault: `${file} cannot be read.` };
  const value = parse(text);
  if (value === undefined) return { outcome: 'fault', fault: `${file} is not JSON.` };
  const sample = readSample(value);
  if (sample.holds === 'sample') return tell([await explainSample(sample)]);
  const payload = readAlertPayload(value);
  if (payload.outcome === 'unknown') return { outcome: 'fault', fault: `${file}: ${payload.why}` };
  const opened = await openForPlanning();
  if (opened.outcome === 'fault') return opened;
  const { ports, settings } = opened.collector;
  const limits = { startsPerMinute: settings.startsPerMinute, sessions: settings.sessions };
  const plans: ExplainedAlert[] = [];
  const references = payload.outcome === 'alerts' ? payload.references : [];
  for (const reference of references) plans.push(await explainAlert(ports, limits, reference));
  return tell(plans);
}

function tell(plans: readonly (ExplainedAlert | PlanExplanation)[]): Told {
  const lines = plans.flatMap((plan, index) => [...(index === 0 ? [] : ['']), ...describePlan(plan)]);
  return { outcome: 'told', value: { plans }, lines };
}

async function explainSample({
  alert,
  machine,
}: Extract<ReturnType<typeof readSample>, { holds: 'sample' }>): Promise<PlanExplanation> {
  const folder = new URL('profiles/', root);
  const scripts = [...(await readLibrary(new URL('library/', root)))].map(
    ([name, { sha256 }]) => [name, sha256] as const,
  );
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const input = {
    collectionId: identifyCollection(alert.id, machine.id.toLowerCase(), sha256),
    ...{ alert, machine, now: new Date().toISOString() },
    profiles: await readProfiles(folder),
    denyList: await readDenyList(folder),
    scripts: new Map(scripts),
  };
  return explainPlan(input, null);
}

async function tellSince(span: string): Promise<Told> {
  const found = /^(\d{1,3})(h|d)$/.exec(span);
  if (found === null) return { outcome: 'fault', fault: `--since ${span} is no span such as 12h or 30d.` };
  const hours = Number(found[1]) * (found[2] === 'd' ? 24 : 1);
  const opened = await openForPlanning();
  if (opened.outcome === 'fault') return opened;
  const { value, lines } = await tallySince(opened.collector, hours);
  return { outcome: 'told', value, lines };
}

function readArguments(): { readonly file: string; readonly since: string | null; readonly isJson: boolean } | null {
  const options = { since: { type: 'string' }, json: { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [file = '', ...others] = positionals;
    if (others.length > 0 || (file === '') === (values.since === undefined)) return null;
    return { file, since: values.since ?? null, isJson: values.json === true };
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refuse(why: string): 2 {
  console.error(why === '' ? USAGE : `${spellHidden(why)}\n\n${USAGE}`);
  return 2;
}
