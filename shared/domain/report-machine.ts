import type { ClockOffset } from './clock-offset.ts';
import { foreign, foreignName, type Html, html } from './escape-html.ts';
import type { ScriptRunRow, TraceRow } from './package-record-machine-schema.ts';
import type { PackageRecord } from './package-record-schema.ts';
import { writeDuration, writeTime } from './report-figures.ts';

/** The machine's clock against ours, by what each script told of it. */
export function renderClock(record: PackageRecord): Html {
  const runs = record.scriptRuns.map(renderRun);
  return html`<h2 id="clock">The machine’s clock and ours</h2>
${
  runs.length === 0
    ? html`<p>No script told the time of its machine, so times in the evidence cannot be set against ours.</p>\n`
    : html`<p>Times inside the evidence are by the machine’s clock. Nobody read both clocks at once, so the difference is a range.</p>\n${runs}`
}`;
}

function renderRun(run: ScriptRunRow): Html {
  const { session, index, script, clock, startedAt, endedAt, bootAt, zone, items, errors } = run;
  const orNot = (at: string | null) => (at === null ? 'not told' : writeTime(at));
  return html`<div class="card">
<header><h3>${session}-${index} ${foreign(script)}</h3>${clock === null ? null : html`<span class="tag ${clock.verdict === 'agrees' ? 'good' : 'warn'}">${clock.verdict}</span>`}</header>
<dl>
<dt>Clock</dt><dd>${clock === null ? 'The script did not tell the time of its machine.' : tellClock(clock)}</dd>
<dt>Ran, by its clock</dt><dd>${orNot(startedAt)} to ${orNot(endedAt)}</dd>
<dt>Machine started</dt><dd>${orNot(bootAt)}</dd>
<dt>Time zone</dt><dd>${zone === null ? 'not told' : foreign(zone)}</dd>
<dt>Script as it was run</dt><dd>${tellReviewed(run)}</dd>
<dt>Collected</dt><dd>${items === null ? 'not told' : `${items} items`}${errors === null ? null : `, ${errors} that could not be had`}</dd>
</dl>
</div>
`;
}

/** A machine's clock against ours in a sentence. */
export function tellClock({ verdict, leastMs, mostMs, machineUtc, earliestAt, latestAt }: ClockOffset): string {
  const read = `It told ${writeTime(machineUtc)} between ${writeTime(earliestAt)} and ${writeTime(latestAt)} of ours`;
  switch (verdict) {
    case 'agrees':
      return `${read}: they agree, as far as can be told (at most ${writeDuration(Math.max(-leastMs, mostMs))} apart).`;
    case 'ahead':
      return `${read}: it is ahead by ${writeDuration(leastMs)} to ${writeDuration(mostMs)}.`;
    case 'behind':
      return `${read}: it is behind by ${writeDuration(-mostMs)} to ${writeDuration(-leastMs)}.`;
    default: {
      const unknown: never = verdict;
      throw new Error(`Unknown verdict ${String(unknown)}.`);
    }
  }
}

function tellReviewed({ isReviewed, reportedSha256 }: ScriptRunRow): Html {
  switch (isReviewed) {
    case 'yes':
      return html`The reviewed one, as reported by the machine.`;
    case 'no':
      return html`<strong>Not the reviewed one</strong>, as reported by the machine: SHA-256 <span class="hash">${reportedSha256}</span>`;
    case 'not told':
      return html`The machine did not report its hash.`;
    default: {
      const unknown: never = isReviewed;
      throw new Error(`Unknown answer ${String(unknown)}.`);
    }
  }
}

/** What our own run left on the machine, so that nobody takes it for an intruder's. */
export function renderTraces(record: PackageRecord): Html {
  const { leftOnMachine } = record;
  if (leftOnMachine.length === 0)
    return html`<h2 id="traces">What our own run left on the machine</h2>\n<p>Nothing was run there, as far as is known.</p>\n`;
  return html`<h2 id="traces">What our own run left on the machine</h2>
<p>Whoever examines the machine finds these too. They are ours, not the intruder’s.</p>
<table>
<thead><tr><th>Session</th><th>What</th><th class="half">Name</th><th class="third"></th></tr></thead>
<tbody>
${leftOnMachine.map(renderTrace)}</tbody>
</table>
`;
}

function renderTrace({ session, what, name, explanation }: TraceRow): Html {
  return html`<tr><td class="number">${session}</td><td class="word">${what}</td><td>${foreignName(name)}</td><td>${explanation}</td></tr>
`;
}
