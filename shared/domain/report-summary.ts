import { isKey } from './alert.ts';
import { foreign, foreignName, type Html, html } from './escape-html.ts';
import type { PackageRecord, ResultRow } from './package-record-schema.ts';
import { countFiles } from './report-files.ts';
import { shortenBytes, writeCount, writeTime } from './report-figures.ts';
import { tellClock } from './report-machine.ts';
import { type StoredRow, tellTrouble } from './report-trouble.ts';
import { listWarnings } from './report-warnings.ts';

const MAX_LINES = 6;
const MAX_PATH_CHARACTERS = 200;

/** The outcome in one sentence, and the five questions of a reader who has one minute: what, from where, why, intact, missing. */
export function renderSummary(record: PackageRecord): Html {
  const { heading, tone } = nameOutcome(record);
  const stored = record.results.filter((row) => row.status === 'stored');
  const warnings = listWarnings(record).map((words) => html`<br>${words}`);
  return html`<div class="outcome ${tone}"><strong>${heading}</strong>${countResults(record, stored)}${warnings}</div>
<h2 id="summary">In short</h2>
<dl class="answers">
<dt>What was collected</dt><dd>${tellContent(record, stored)}</dd>
<dt>From where</dt><dd>${tellMachine(record)}</dd>
<dt>Why</dt><dd>${tellReason(record)}</dd>
<dt>Is it intact?</dt><dd>${tellIntegrity(record, stored)}</dd>
<dt>What is missing?</dt><dd>${tellMissing(record, stored)}</dd>
</dl>
`;
}

function nameOutcome(record: PackageRecord): { readonly heading: string; readonly tone: 'good' | 'warn' | 'bad' } {
  switch (record.outcome) {
    case 'collected':
      return {
        heading: 'Everything that was planned has been collected.',
        tone: listWarnings(record).length === 0 ? 'good' : 'warn',
      };
    case 'partial':
      return { heading: 'Part of what was planned has been collected.', tone: 'warn' };
    case 'failed':
      return { heading: 'Nothing could be collected from the machine.', tone: 'bad' };
    case 'cancelled':
      return { heading: 'The collection was called off; what had been collected until then was kept.', tone: 'bad' };
    default: {
      const unknown: never = record.outcome;
      throw new Error(`Unknown outcome ${String(unknown)}.`);
    }
  }
}

function countResults(record: PackageRecord, stored: readonly StoredRow[]): string {
  const moved = record.results.filter((row) => row.status === 'moved').length;
  const again = moved === 0 ? '' : ` ${writeCount(moved, 'command')} had to be sent again in a later session.`;
  return `${stored.length} of ${writeCount(record.results.length - moved, 'expected result')} stored.${again}`;
}

function tellContent(record: PackageRecord, stored: readonly StoredRow[]): Html {
  const files = writeCount(record.documents.length, 'document');
  const documents = `${files} of what Defender knew and what was planned (${sumBytes(record.documents)})`;
  if (stored.length === 0) return html`<p>No result, only ${documents}.</p>`;
  const lines = stored.map((row) => html`<li>${nameResult(row)}, ${shortenBytes(row.bytes)}</li>\n`);
  return html`<p>${writeCount(stored.length, 'result')}, ${sumBytes(stored)} in all, and ${documents}:</p>
${listLines(lines)}`;
}

function tellMachine(record: PackageRecord): Html {
  const { name, id } = record.machine;
  const tenant = record.alert.tenantId === null ? null : html`, in tenant ${foreignName(record.alert.tenantId)}`;
  return name === null
    ? html`<p>Machine ${foreignName(id)}${tenant}.</p>`
    : html`<p>Machine <strong>${foreign(name)}</strong>, id ${foreignName(id)}${tenant}.</p>`;
}

function tellReason(record: PackageRecord): Html {
  const { alert, profile, times, receivedFrom } = record;
  const cause = isKey(alert.id)
    ? html`It was asked for without an alert of Microsoft Defender, as ${foreignName(alert.id)}.`
    : html`Microsoft Defender raised alert ${foreignName(alert.id)} of severity ${alert.severity}.`;
  return html`<p>${cause} It came in by ${foreign(receivedFrom)}
at ${writeTime(times.receivedAt)}; what is collected in such a case is set by the profile “${foreign(profile.title)}”${profile.why.length === 0 ? null : html`, which matched by ${foreign(profile.why.join(' and '))}`}.</p>`;
}

function tellIntegrity(record: PackageRecord, stored: readonly StoredRow[]): Html {
  const files = writeCount(record.documents.length + stored.length, 'file');
  const verdicts = stored.flatMap((row) => (row.machineAgainstStorage === null ? [] : [row.machineAgainstStorage]));
  const lines = (['changed', 'not comparable', 'same'] as const).flatMap((word) => {
    const alike = verdicts.filter(({ verdict }) => verdict === word);
    return [...new Set(alike.map(({ explanation }) => explanation))].map((explanation) => {
      const count = alike.filter((one) => one.explanation === explanation).length;
      const line = count === 1 ? explanation : `${explanation} (${writeCount(count, 'file')})`;
      return word === 'changed' ? html`<li><strong>${line}</strong></li>\n` : html`<li>${line}</li>\n`;
    });
  });
  const unproven = stored.flatMap((row) =>
    row.script?.verdict === 'unproven'
      ? [html`<li><strong>Script unproven:</strong> ${nameResult(row)}. ${foreign(row.script.explanation)}</li>\n`]
      : [],
  );
  const others = record.scriptRuns.filter(({ isReviewed }) => isReviewed === 'no');
  const doubts = [
    ...others.map(
      ({ script }) =>
        html`<li><strong>The machine reports that it ran another ${foreignName(script)} than the reviewed one.</strong></li>\n`,
    ),
    ...record.scriptRuns.flatMap(({ clock }) =>
      clock === null || clock.verdict === 'agrees'
        ? []
        : [html`<li>The machine’s clock is not ours. ${tellClock(clock)}</li>\n`],
    ),
    ...(record.relatedFiles.length === 0 ? [] : [html`<li>${countFiles(record.relatedFiles)}</li>\n`]),
  ];
  return html`<p>It was when it was sealed, at ${writeTime(record.times.sealedAt)}: the SHA-256 of each of its ${files} was written down then.
Whether it still is, anyone can check with standard tools, <a href="#check">as told at the end</a>; this page alone proves nothing.</p>
${listLines([...unproven, ...lines, ...doubts])}`;
}

function tellMissing(record: PackageRecord, stored: readonly StoredRow[]): Html {
  const missing = record.results.flatMap((row) =>
    row.status === 'missing' ? [html`<li>${nameResult(row)}: ${foreign(row.reason)}</li>\n`] : [],
  );
  const troubled = stored.flatMap((row) => {
    const trouble = tellTrouble(row);
    return trouble === null
      ? []
      : [html`<li>${nameResult(row)}: it is there, but may be incomplete. ${foreign(trouble)}</li>\n`];
  });
  const { filesNotRequested: count } = record;
  const unasked =
    count === 0
      ? []
      : [html`<li>${writeCount(count, 'file')} that the alert names: the request had no room for more.</li>\n`];
  const gone = record.relatedFiles.flatMap((row) =>
    row.state === 'not collected'
      ? [
          html`<li>the alert’s file ${foreignName(shorten(row.path ?? 'without a path'))}: ${foreign(row.reason ?? 'No reason is known.')}</li>\n`,
        ]
      : [],
  );
  const lines = [...missing, ...troubled, ...unasked, ...gone];
  return lines.length === 0 ? html`<p>Nothing of what was planned.</p>` : listLines(lines);
}

function nameResult(row: ResultRow): Html {
  switch (row.command) {
    case 'RunScript':
      return html`what the script ${foreignName(row.subject)} printed`;
    case 'GetFile': {
      const isArchive = row.status === 'stored' && row.machineAgainstStorage !== null;
      return html`${isArchive ? 'the archive that the script made,' : 'the file'} ${foreignName(row.subject)}`;
    }
    case 'PutFile':
      return html`the answer to putting ${foreignName(row.subject)}`;
    default: {
      const unknown: never = row.command;
      throw new Error(`Unknown command ${String(unknown)}.`);
    }
  }
}

function listLines(lines: readonly Html[]): Html {
  if (lines.length === 0) return html``;
  const more = lines.length - MAX_LINES;
  const rest = more <= 0 ? null : html`<li>and ${more} more, <a href="#results">listed below</a></li>\n`;
  return html`<ul>\n${lines.slice(0, MAX_LINES)}${rest}</ul>`;
}

function shorten(path: string): string {
  return path.length <= MAX_PATH_CHARACTERS ? path : `${path.slice(0, MAX_PATH_CHARACTERS).toWellFormed()} …`;
}

function sumBytes(files: readonly { readonly bytes: number }[]): string {
  return shortenBytes(files.reduce((sum, { bytes }) => sum + bytes, 0));
}
