import { type Html, html } from './escape-html.ts';
import type { PackageRecord } from './package-record-schema.ts';
import { writeDuration, writeTime } from './report-figures.ts';
import { drawLanes } from './report-lane-drawing.ts';

interface Milestone {
  readonly words: string;
  readonly at: string;
}

/** The way of the collection: a drawing of its lanes, and each step with its time and how long it took. */
export function renderTimes(record: PackageRecord): Html {
  const milestones = listMilestones(record);
  const rows = milestones.map((milestone, index) => renderRow(milestone, milestones[index - 1]));
  const wholeMs = Date.parse(record.times.sealedAt) - Date.parse(record.times.receivedAt);
  return html`<section class="whole">
<h2 id="times">When</h2>
<p>From the alert’s receipt to the seal: <strong>${writeDuration(wholeMs)}</strong>.</p>
${drawLanes(record)}<table>
<thead><tr><th>Step</th><th>Time</th><th class="number">After the step before</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
<p class="note">By the collector’s clock, in UTC, as written in the custody log; when the alert was raised is by Defender’s.</p>
</section>
`;
}

function listMilestones({ times, alert }: PackageRecord): readonly Milestone[] {
  const all = [
    { words: 'Alert raised', at: alert.createdAt },
    { words: 'Alert received', at: times.receivedAt },
    { words: 'Looked up and planned', at: times.lookedUpAt },
    { words: 'Live response started', at: times.startedAt },
    { words: 'Live response ended', at: times.endedAt },
    { words: 'Last result copied', at: times.copiedAt },
    { words: 'Sealed', at: times.sealedAt },
  ];
  return all.flatMap(({ words, at }) => (at === null ? [] : [{ words, at }]));
}

function renderRow(milestone: Milestone, before: Milestone | undefined): Html {
  const tookMs = Date.parse(milestone.at) - Date.parse(before?.at ?? milestone.at);
  const took = before === undefined || tookMs < 0 ? '–' : writeDuration(tookMs);
  return html`<tr><td>${milestone.words}</td><td class="time">${writeTime(milestone.at)}</td><td class="number">${took}</td></tr>
`;
}
