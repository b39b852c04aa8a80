import { foreign, foreignName, type Html, html } from './escape-html.ts';
import type { PackageRecord, ResultRow } from './package-record-schema.ts';
import { shortenBytes, writeBytes, writeTime } from './report-figures.ts';
import { tellOpening } from './report-opening.ts';
import { renderTranscript } from './report-transcript.ts';
import { type StoredRow, tellTrouble } from './report-trouble.ts';
import type { ShownTranscript } from './shown-transcript.ts';

/** Every expected result: an overview, and a card with paths, sizes, hashes and what a script printed for each stored one. */
export function renderResults(record: PackageRecord, transcripts: readonly ShownTranscript[]): Html {
  const { results } = record;
  const transcriptOf = ({ session, index }: ResultRow) =>
    transcripts.find((shown) => shown.session === session && shown.index === index);
  if (results.length === 0) return html`<h2 id="results">The results</h2>\n<p>No result was expected.</p>\n`;
  return html`<h2 id="results">The results</h2>
<p>Each is kept byte for byte as Defender delivered it. It comes from a machine under suspicion: open it only where malware can do no harm.</p>
<table>
<thead><tr><th>Result</th><th>Command</th><th>On the machine</th><th>State</th><th class="number">Size</th></tr></thead>
<tbody>
${results.map(renderOverview)}</tbody>
</table>
${results.flatMap((row) => (row.status === 'stored' ? [renderCard(row, transcriptOf(row))] : []))}`;
}

/** The documents that were written into the package before anything was run. */
export function renderDocuments(record: PackageRecord): Html {
  const rows = record.documents.map(
    ({ path, bytes, sha256 }) =>
      html`<tr><td>${foreignName(path)}</td><td class="number">${shortenBytes(bytes)}</td><td class="hash">${sha256}</td></tr>\n`,
  );
  return html`<h2 id="documents">The documents</h2>
<p>What Defender knew of alert, machine and related files, and the plan that was made of it, written down before anything was run.</p>
<table>
<thead><tr><th class="third">File in the package</th><th class="number">Size</th><th>SHA-256</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

function renderOverview(row: ResultRow): Html {
  const name = `${row.session}-${row.index}`;
  return html`<tr><td class="word">${row.status === 'stored' ? html`<a href="#r-${name}">${name}</a>` : name}</td><td class="word">${row.command}</td><td>${foreignName(row.subject)}${row.status === 'missing' ? html`<br><span class="soft">${foreign(row.reason)}</span>` : null}</td><td class="word">${showState(row)}</td><td class="number">${
    row.status === 'stored' ? shortenBytes(row.bytes) : '–'
  }</td></tr>
`;
}

function showState(row: ResultRow): Html {
  switch (row.status) {
    case 'stored':
      if (row.script?.verdict === 'unproven') return html`<span class="tag bad">script unproven</span>`;
      return tellTrouble(row) === null
        ? html`<span class="tag good">stored</span>`
        : html`<span class="tag warn">stored, with trouble</span>`;
    case 'missing':
      return html`<span class="tag bad">missing</span>`;
    case 'moved':
      return html`<span class="tag plain">sent again</span>`;
    default: {
      const unknown: never = row;
      throw new Error(`Unknown result ${JSON.stringify(unknown)}.`);
    }
  }
}

function renderCard(row: StoredRow, transcript: ShownTranscript | undefined): Html {
  const { inside, machineAgainstStorage: machine, report } = row;
  const trouble = tellTrouble(row);
  const opening = tellOpening(row);
  return html`<section class="card" id="r-${row.session}-${row.index}">
<header><h3>${row.session}-${row.index} ${row.command}</h3>${showState(row)}</header>
<dl>
<dt>On the machine</dt><dd>${foreignName(row.subject)}</dd>
<dt>File in the package</dt><dd>${foreignName(row.path)}</dd>
<dt>Size</dt><dd>${writeBytes(row.bytes)}</dd>
<dt>Stored</dt><dd>${writeTime(row.storedAt)}</dd>
${listHashes('', row)}${inside === null ? null : html`<dt>Content of the gzip</dt><dd>${writeBytes(inside.bytes)}</dd>\n${listHashes('Content ', inside)}`}${
  report === null ? null : html`<dt>Script</dt><dd>${tellAnswer(report)}</dd>\n`
}${trouble === null ? null : html`<dt>Trouble</dt><dd>${foreign(trouble)}</dd>\n`}${
  machine === null
    ? null
    : html`<dt>Machine and storage</dt><dd><span class="tag ${toneOf(machine.verdict)}">${machine.verdict}</span> ${machine.explanation}</dd>\n`
}${row.script === null ? null : renderProof(row.script)}${opening === null ? null : html`<dt>To open it</dt><dd><code>${opening}</code></dd>\n`}</dl>
${transcript === undefined ? null : renderTranscript(transcript)}</section>
`;
}

function renderProof({ verdict, explanation }: NonNullable<StoredRow['script']>): Html {
  const tone = verdict === 'proven' ? 'good' : verdict === 'unproven' ? 'bad' : 'plain';
  return html`<dt>Reviewed script</dt><dd><span class="tag ${tone}">${verdict}</span> ${foreign(explanation)}</dd>\n`;
}

function listHashes(
  of: string,
  hashes: { readonly sha256: string; readonly sha1: string; readonly md5: string },
): Html {
  return html`<dt>${of}SHA-256</dt><dd class="hash">${hashes.sha256}</dd>
<dt>${of}SHA-1</dt><dd class="hash">${hashes.sha1}</dd>
<dt>${of}MD5</dt><dd class="hash">${hashes.md5}</dd>
`;
}

function tellAnswer(report: NonNullable<StoredRow['report']>): string {
  const exit = report.exitCode === null ? 'no exit code' : `exit code ${report.exitCode}`;
  switch (report.answer) {
    case 'ok':
      return `Reports success, ${exit}.`;
    case 'not ok':
      return `Reports failure, ${exit}.`;
    case 'none':
      return `Left no answer, ${exit}.`;
    default: {
      const unknown: never = report.answer;
      throw new Error(`Unknown answer ${String(unknown)}.`);
    }
  }
}

function toneOf(verdict: 'same' | 'changed' | 'not comparable'): 'good' | 'bad' | 'plain' {
  return verdict === 'same' ? 'good' : verdict === 'changed' ? 'bad' : 'plain';
}
