import { foreign, foreignName, type Html, html } from './escape-html.ts';
import type { RelatedFileRow } from './package-record-machine-schema.ts';
import type { PackageRecord } from './package-record-schema.ts';
import { shortenBytes, writeCount } from './report-figures.ts';

type Verdict = RelatedFileRow['comparison']['verdict'];

/** An alert may name thousands: the page stays one that a browser opens, and collection.json has all of them. */
const MAX_ROWS = 200;
const MAX_PATH_CHARACTERS = 600;
/** What a reader must not miss comes first. */
const ORDER: readonly Verdict[] = ['changed', 'gone', 'not comparable', 'same'];

/** The files that the alert names: what became of each, and how it compares with what the alert says. */
export function renderFiles(record: PackageRecord): Html {
  const { relatedFiles } = record;
  if (relatedFiles.length === 0)
    return html`<h2 id="files">The alert’s files</h2>\n<p>The alert names no file, or its files were not written down.</p>\n`;
  const rows = ORDER.flatMap((verdict) => [
    ...relatedFiles.filter((row) => row.comparison.verdict === verdict && row.state !== 'not requested'),
  ]);
  const shown = [...rows, ...relatedFiles.filter(({ state }) => state === 'not requested')];
  const rest = shown.length - MAX_ROWS;
  return html`<h2 id="files">The alert’s files</h2>
<p>${countFiles(relatedFiles)} What a machine reports is its own claim: a machine under an intruder’s control may lie.</p>
<table>
<thead><tr><th class="most">File on the machine</th><th>Verdict</th><th>Alert against what was found</th></tr></thead>
<tbody>
${shown.slice(0, MAX_ROWS).map(renderRow)}</tbody>
</table>
${rest <= 0 ? null : html`<p class="note">${writeCount(rest, 'more file')} in collection.json, under relatedFiles.</p>\n`}`;
}

/** One sentence on how many files the alert names, and what became of them. */
export function countFiles(files: readonly RelatedFileRow[]): string {
  const asked = files.filter(({ state }) => state !== 'not requested');
  const parts = ORDER.flatMap((verdict) => {
    const count = asked.filter(({ comparison }) => comparison.verdict === verdict).length;
    return count === 0 ? [] : [`${count.toLocaleString('en-US')} ${verdict}`];
  });
  const unasked = files.length - asked.length;
  if (unasked > 0) parts.push(`${unasked.toLocaleString('en-US')} not requested`);
  return `The alert names ${writeCount(files.length, 'file')}: ${parts.join(', ')}.`;
}

function renderRow(row: RelatedFileRow): Html {
  const { comparison, path, sha256, sha1, md5, sizeBytes, state, reason, heldIn, reportedSha256 } = row;
  const hash = sha256 ?? sha1 ?? md5;
  const asSaid =
    hash === null
      ? 'no hash in the alert'
      : `${sha256 !== null ? 'SHA-256' : sha1 !== null ? 'SHA-1' : 'MD5'} ${cut(hash)}`;
  const size = sizeBytes === null ? null : html` <span class="soft">${shortenBytes(sizeBytes)}</span>`;
  const isOther = reportedSha256 !== null && reportedSha256.toLowerCase() !== sha256?.toLowerCase();
  const found = isOther ? html`<br><span class="hash soft">reported SHA-256 ${reportedSha256}</span>` : null;
  const words = state === 'not requested' ? (reason ?? 'It was not asked for.') : comparison.explanation;
  const held = heldIn === null ? null : html`<br><span class="soft">in ${foreignName(heldIn)}</span>`;
  return html`<tr><td>${path === null ? html`<span class="soft">no path</span>` : foreignName(cut(path))}${size}<br><span class="hash soft">${foreign(asSaid)}</span>${found}${held}</td><td class="word"><span class="tag ${toneOf(row)}">${state === 'not requested' ? state : comparison.verdict}</span></td><td>${foreign(words)}</td></tr>
`;
}

function toneOf({ state, comparison }: RelatedFileRow): 'good' | 'warn' | 'bad' | 'plain' {
  if (state === 'not requested') return 'plain';
  switch (comparison.verdict) {
    case 'same':
      return 'good';
    case 'changed':
      return 'bad';
    case 'gone':
      return 'warn';
    case 'not comparable':
      return 'plain';
    default: {
      const unknown: never = comparison.verdict;
      throw new Error(`Unknown verdict ${String(unknown)}.`);
    }
  }
}

function cut(path: string): string {
  const characters = Array.from(path.slice(0, 2 * MAX_PATH_CHARACTERS));
  return characters.length <= MAX_PATH_CHARACTERS ? path : `${characters.slice(0, MAX_PATH_CHARACTERS).join('')} …`;
}
