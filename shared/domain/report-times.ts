import { type Html, html } from './escape-html.ts';
import type { PackageRecord } from './package-record-schema.ts';
import { writeDuration, writeTime } from './report-figures.ts';

interface Milestone {
  readonly words: string;
  readonly at: string;
}

/** The way of the collection: each step with its time, how long it took, and a bar that shows its part of the whole. */
export function renderTimes(record: PackageRecord): Html {
  const milestones = listMilestones(record.times);
  const startMs = Date.parse(record.times.receivedAt);
  const wholeMs = Math.max(...milestones.map(({ at }) => Date.parse(at))) - startMs;
  const rows = milestones.map((milestone, index) => renderRow(milestone, milestones[index - 1], startMs, wholeMs));
  return html`<section class="whole">
<h2 id="times">When</h2>
<p>From the alert’s receipt to the seal: <strong>${writeDuration(Date.parse(record.times.sealedAt) - startMs)}</strong>.</p>
<table>
<thead><tr><th>Step</th><th>Time</th><th class="number">Took</th><th class="wide"></th></tr></thead>
<tbody>
${rows}</tbody>
</table>
<p class="note">By the collector’s clock, in UTC, as written in the custody log.</p>
</section>
`;
}

function listMilestones(times: PackageRecord['times']): readonly Milestone[] {
  const all = [
    { words: 'Alert received', at: times.receivedAt },
    { words: 'Looked up and planned', at: times.lookedUpAt },
    { words: 'Live response started', at: times.startedAt },
    { words: 'Live response ended', at: times.endedAt },
    { words: 'Last result copied', at: times.copiedAt },
    { words: 'Sealed', at: times.sealedAt },
  ];
  return all.flatMap(({ words, at }) => (at === null ? [] : [{ words, at }]));
}

function renderRow(milestone: Milestone, before: Milestone | undefined, startMs: number, wholeMs: number): Html {
  const beforeMs = Date.parse(before?.at ?? milestone.at);
  const tookMs = Date.parse(milestone.at) - beforeMs;
  const took = before === undefined || tookMs < 0 ? '–' : writeDuration(tookMs);
  return html`<tr><td>${milestone.words}</td><td class="time">${writeTime(milestone.at)}</td><td class="number">${took}</td><td>${
    before === undefined || tookMs < 0 || wholeMs <= 0
      ? null
      : drawBar((beforeMs - startMs) / wholeMs, tookMs / wholeMs)
  }</td></tr>
`;
}

/** A bar from one part of the whole on, each between 0 and 1; the shortest can still be seen. */
function drawBar(from: number, length: number): Html {
  const width = Math.max(length * 100, 0.6);
  const x = Math.min(Math.max(from * 100, 0), 100 - width);
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10"/></svg>`;
}
