import { type Html, html } from './escape-html.ts';
import { writeCount } from './report-figures.ts';
import type { Excerpt, ShownTranscript } from './shown-transcript.ts';

/** What a script printed, folded: its output and its errors, as much as is shown. */
export function renderTranscript({ output, errors }: ShownTranscript): Html {
  return html`${renderExcerpt('What it printed', output)}${renderExcerpt('Its errors', errors)}`;
}

function renderExcerpt(title: string, { text, characters }: Excerpt): Html {
  if (characters === 0) return html`<p class="soft">${title}: nothing.</p>\n`;
  const rest = characters > text.length ? ', of which a part is shown; the stored file has all of it' : '';
  return html`<details>
<summary>${title} (${writeCount(characters, 'character')}${rest})</summary>
<pre class="transcript" dir="ltr">${breakLines(text)}</pre>
</details>
`;
}

/** Line ends and tabs show as what they are; every other character that does not show is spelt out. */
function breakLines(text: string): readonly Html[] {
  const lines = text.trimEnd().split(/\r\n|\n/);
  return lines.map((line, number) => {
    const cells = line.split('\t').map((cell, column) => (column === 0 ? html`${cell}` : html`\t${cell}`));
    return number === 0 ? html`${cells}` : html`\n${cells}`;
  });
}
