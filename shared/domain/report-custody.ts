import { foreign, foreignName, type Html, html } from './escape-html.ts';
import type { CustodyRow, PackageRecord } from './package-record-schema.ts';
import { writeCount, writeTime } from './report-figures.ts';

/** Follows the chain of a custody log with a POSIX shell: prints the head when it is whole, else the first line that does not follow. */
export const CHAIN_CHECK = `previous=$(printf '%064d' 0)
while IFS= read -r line; do
  case $line in
    *'"previous":"'$previous'"}') previous=$(printf '%s' "$line" | sha256sum | cut -c 1-64) ;;
    *) previous="broken at: $line"; break ;;
  esac
done < custody.jsonl
printf '%s\\n' "$previous"`;

const NOTABLE_MS = 5000;

/** The custody log: who did what and when, each entry chained to the one before. */
export function renderCustody(record: PackageRecord): Html {
  const { custody } = record;
  const head = html` Its head, the hash of the last entry, is <span class="hash">${custody.head}</span>.`;
  return html`<h2 id="custody">The custody log</h2>
<p>Times are by the collector’s clock; where the storage service’s was another by 5 s or more, it stands beside.
${writeCount(custody.count, 'entry', 'entries')}, each holding the hash of the one before; custody.jsonl has them whole.${head}</p>
<table>
<thead><tr><th class="number">No.</th><th>Time</th><th>What</th><th class="half">Details</th></tr></thead>
<tbody>
${custody.entries.map(renderEntry)}</tbody>
</table>
`;
}

function renderEntry(entry: CustodyRow): Html {
  const details = Object.entries(entry.detail).flatMap(([name, value]) =>
    value === null ? [] : [html`<span class="soft">${name}</span> ${foreignName(String(value))}<br>`],
  );
  return html`<tr><td class="number">${entry.number}</td><td class="time">${writeTime(entry.at)}${tellServiceTime(entry)}</td><td>${foreign(entry.event)}<br>
<span class="soft">by ${foreign(entry.actor)}${entry.caller === undefined ? null : html`, asked by ${foreign(entry.caller)}`}</span></td><td>${details}</td></tr>
`;
}

/** The table service's time where it is another than ours by more than a few seconds. */
function tellServiceTime({ at, atService }: CustodyRow): Html | null {
  if (atService === undefined || Math.abs(Date.parse(at) - Date.parse(atService)) < NOTABLE_MS) return null;
  return html`<br><span class="soft">service: ${writeTime(atService)}</span>`;
}

/** How anyone checks the package with standard tools, and what each check shows. */
export function renderCheck(): Html {
  return html`<h2 id="check">How to check it</h2>
<p>In the package’s folder, with the tools of any Linux or macOS machine. First every file against its hash, the evidence and then what describes it:</p>
<pre>sha256sum -c manifest-sha256.txt
sha256sum -c tagmanifest-sha256.txt</pre>
<p>The package is a BagIt bag (RFC 8493), so this checks the same, and that no evidence was added or is missing:</p>
<pre>bagit.py --validate .</pre>
<p>Then the chain of the custody log; the last line printed is its head. Its last entry holds the hash of manifest-sha256.txt:</p>
<pre>${CHAIN_CHECK.split('\n').map((line) => html`${line}\n`)}tail -n 1 custody.jsonl
sha256sum manifest-sha256.txt</pre>
<p>The collector’s own check does all of this, checks the signature and compares collection.json with the files:
<code>npm run verify -- &lt;folder&gt; --key keys.json</code> in its source, where keys.json is what <code>GET /api/keys</code> answers.</p>
<p class="note">Who could rewrite the whole package could rewrite its hashes too. What holds against that lies outside of it: the immutable storage it was
sealed in, the signature (signature.jws) with the published key, and the custody log that the collector keeps.</p>
`;
}
