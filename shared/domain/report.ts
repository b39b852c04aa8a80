import { foreign, html, printHtml, spellHidden } from './escape-html.ts';
import type { PackageRecord } from './package-record-schema.ts';
import { renderCheck, renderCustody } from './report-custody.ts';
import { writeTime } from './report-figures.ts';
import { renderFiles } from './report-files.ts';
import { renderClock, renderTraces } from './report-machine.ts';
import { renderAlert, renderPlan } from './report-plan.ts';
import { renderDocuments, renderResults } from './report-results.ts';
import { STYLE, STYLE_SHA256 } from './report-style.ts';
import { renderSummary } from './report-summary.ts';
import { renderTimes } from './report-times.ts';
import type { ShownTranscript } from './shown-transcript.ts';

const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_SHA256}'; base-uri 'none'; form-action 'none'`;
const MAX_HEADING_CHARACTERS = 160;

/** The report of a package: one HTML file for people, without script and without any remote resource; `transcripts` are shown folded. */
export function renderReport(record: PackageRecord, transcripts: readonly ShownTranscript[] = []): string {
  const title = record.alert.title ?? `Alert ${record.alert.id}`;
  const machine = record.machine.name ?? record.machine.id;
  const heading = html`${spellHidden(`Evidence: ${shorten(title)} on ${shorten(machine)}`)}`;
  const body = html`<p class="product">${record.product.name} · Evidence report</p>
<h1>${foreign(shorten(title))}</h1>
<p class="soft">${foreign(shorten(machine))} · severity ${record.alert.severity} · sealed ${writeTime(record.times.sealedAt)}</p>
${renderSummary(record)}${renderTimes(record)}${renderAlert(record)}${renderFiles(record)}${renderPlan(record)}${renderClock(record)}${renderTraces(record)}${renderResults(record, transcripts)}${renderDocuments(record)}${renderCustody(record)}${renderCheck()}<footer>
Written by ${record.product.name} ${foreign(record.product.version)} when collection ${foreign(record.collectionId)} was sealed. Foreign text is shown as it came,
cut where this page says so; characters that do not show are spelt out, as <b class="code">U+202E</b>.
</footer>
`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${printHtml(heading)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${printHtml(body)}</main>
</body>
</html>
`;
}

function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length <= MAX_HEADING_CHARACTERS
    ? text
    : `${characters.slice(0, MAX_HEADING_CHARACTERS).join('')} …`;
}
