import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describePackage } from '../../../shared/domain/package-record.ts';
import {
  type PackageRecord,
  packageRecordSchema,
  type ResultRow,
} from '../../../shared/domain/package-record-schema.ts';
import { renderReport } from '../../../shared/domain/report.ts';
import { STYLE, STYLE_SHA256 } from '../../../shared/domain/report-style.ts';
import { type ShownTranscript, showTranscript } from '../../../shared/domain/shown-transcript.ts';
import { liveWell, PLAN_WITH_FILES, sha256, WORDS } from './package-record-fixture.ts';
import { readMarkup } from './report-markup.ts';

function recordOf(changes: Partial<PackageRecord> = {}): PackageRecord {
  const { collection, custody } = liveWell({ plan: PLAN_WITH_FILES });
  return { ...describePackage(collection, custody, '0.1.0', sha256, WORDS), ...changes };
}

const PRINTED: readonly ShownTranscript[] = [
  showTranscript(
    { session: 0, index: 0 },
    {
      exitCode: 0,
      answer: 'ok',
      reason: null,
      archiveSha256: null,
      archiveBytes: null,
      output:
        'Collecting <b>logs</b>\r\n\tdone & dusted\u202E\n-----BEGIN EVIDENCE ANSWER-----\nQUJD\nREVG\n-----END EVIDENCE ANSWER-----\n',
      errors: 'cat: /etc/shadow: Permission denied\n',
    },
  ),
];

/** A report's text on one line. */
function textOf(record: PackageRecord): string {
  return readMarkup(renderReport(record)).text.replaceAll(/\s+/g, ' ');
}

const MISSING: ResultRow = {
  session: 0,
  index: 2,
  command: 'GetFile',
  subject: 'C:\\gone.exe',
  status: 'missing',
  reason: 'The file was not found.',
};

test('a collection without an alert of Defender says what it was asked for as', () => {
  const { alert } = recordOf();
  const text = textOf(recordOf({ alert: { ...alert, id: 'by-hand:ticket-7' } }));
  expect(text).toContain('It was asked for without an alert of Microsoft Defender, as by-hand:ticket-7.');
  expect(text).not.toContain('raised alert');
});

test('a record’s report is the golden one, byte for byte', async () => {
  const record = packageRecordSchema.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, 'report.golden.json'), 'utf8')),
  );
  await expect(renderReport(record, PRINTED)).toMatchFileSnapshot('report.golden.html');
});

describe('the page is closed to everything from outside', () => {
  const page = renderReport(recordOf(), PRINTED);

  test('its policy allows nothing but its own style sheet', () => {
    const hash = createHash('sha256').update(STYLE).digest('base64');
    expect(STYLE_SHA256).toBe(hash);
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">`,
    );
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<title>'));
  });

  test('it has only such elements as can load and run nothing, and links only within', () => {
    const { tags } = readMarkup(page);
    const names = new Set(tags.map((tag) => /[a-z][a-z0-9]*/.exec(tag)?.[0]));
    const known =
      'a b bdi body br circle code dd details div dl doctype dt footer h1 h2 h3 head header html li line main meta p pre rect section span strong summary svg table tbody td text th thead title tr ul';
    expect([...names].filter((name) => !known.split(' ').includes(name ?? ''))).toEqual([]);
    const attributes = tags.flatMap((tag) =>
      [...tag.matchAll(/ ([a-zA-Z][a-zA-Z0-9-]*)="([^"]*)"/g)].map(([, name = '', value = '']) => ({ name, value })),
    );
    expect(attributes.filter(({ name }) => /^(on|style$|src|action|data)/.test(name))).toEqual([]);
    expect(attributes.filter(({ name, value }) => name === 'href' && !value.startsWith('#'))).toEqual([]);
    expect(STYLE).not.toMatch(/url\(|@import|@font-face/);
  });

  test('every link within leads somewhere', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    const links = [...page.matchAll(/ href="#([^"]*)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((link) => !ids.includes(link))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('an item whose script is not proven to be the reviewed one', () => {
  function withScript(script: Extract<ResultRow, { status: 'stored' }>['script']): PackageRecord {
    return recordOf({ results: recordOf().results.map((row) => (row.status === 'stored' ? { ...row, script } : row)) });
  }

  test('is marked in the overview, on its card, and in the answer to whether it is intact', () => {
    const explanation = 'After the run, mallory was there: what was run is not proven.';
    const record = withScript({ verdict: 'unproven', explanation });
    expect(renderReport(record).split('<span class="tag bad">script unproven</span>')).toHaveLength(5);
    const text = textOf(record);
    expect(text).toMatch(/Is it intact\?.*Script unproven: .*mallory was there.*What is missing\?/);
    expect(text).toContain(`Reviewed scriptunproven ${explanation}`);
  });

  test('what is proven, and what was not checked, is told on its card alone', () => {
    for (const verdict of ['proven', 'not checked'] as const) {
      const text = textOf(withScript({ verdict, explanation: 'So it is.' }));
      expect(text).toContain(`Reviewed script${verdict} So it is.`);
      expect(text).not.toMatch(/script unproven/i);
    }
    expect(textOf(withScript(null))).not.toContain('Reviewed script');
  });
});

describe('foreign text', () => {
  const OURS = [
    'status',
    'command',
    'type',
    'verdict',
    'compared',
    'outcome',
    'severity',
    'answer',
    'state',
    'isReviewed',
    'what',
  ];

  /** The record with every text and every name in it replaced, but for the words of which there are only a few. */
  function poison(value: unknown, text: string): unknown {
    if (typeof value === 'string') return text;
    if (Array.isArray(value)) return value.map((item) => poison(item, text));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => {
        if (name === 'detail') return [name, { [text]: text }];
        return [name, OURS.includes(name) && typeof inner === 'string' ? inner : poison(inner, text)];
      }),
    );
  }
  const whole = recordOf({ results: [...recordOf().results, MISSING, { ...MISSING, index: 3, status: 'moved' }] });
  const withText = (text: string) => readMarkup(renderReport(poison(whole, text) as PackageRecord)); // A record of that shape, with any text in it.
  const skeletonOf = (tags: readonly string[]) =>
    tags.filter((tag, at) => tag !== '<b class="code">' && !(tag === '</b>' && tags[at - 1] === '<b class="code">'));
  const harmless = skeletonOf(withText('x').tags);

  test.each([
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '</title></style></bdi></main><h1>Everything is fine</h1>',
    '<!-- ',
    '-->',
    ']]>',
    '<![CDATA[',
    '<?xml ?>',
    '&lt;script&gt;',
    '&#x3c;',
    'javascript:alert(1)',
    `\${alert(1)}`,
    '`',
    '\\u003cscript\\u003e',
    '<svg/onload=alert(1)>',
    '\u0000<\u0000script>',
    '＜script＞',
  ])('%j stays text wherever it stands', (text) => {
    const { tags, text: shown } = withText(text);
    expect(skeletonOf(tags)).toEqual(harmless);
    const spelt = text.replaceAll('\u0000', 'U+0000');
    // Title, heading, machine, alert, plan, results, documents, custody: it is in all of them.
    expect(shown.split(spelt).length).toBeGreaterThan(50);
  });

  test('no text at all changes the page’s structure', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.constantFrom('<', '>', '"', "'", '&', '/', '=', '!', '-', '\u202E', '\u0000', 'script'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(hostile, (text) => {
        expect(skeletonOf(withText(text).tags)).toEqual(harmless);
      }),
      { numRuns: 150 },
    );
  });

  test('no character that hides or turns others is left in the page', () => {
    const page = renderReport(
      poison(whole, 'a\u202Eb\u2066c\u200Bd\u0007e\u0000f\u2028g\u00ADh\uFEFFi') as PackageRecord,
    ); // As above.
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(page).toContain('a<b class="code">U+202E</b>b');
  });

  test('a title of 2,000 characters is cut in the heading and whole below', () => {
    const title = 'A'.repeat(2000);
    const { text } = readMarkup(renderReport(recordOf({ alert: { ...recordOf().alert, title } })));
    expect(text).toContain(`\n${'A'.repeat(160)} …\n`);
    expect(text).toContain(title);
  });
});

describe('in short', () => {
  test('a collection that went well', () => {
    const text = textOf(recordOf({ relatedFiles: [] }));
    expect(text).toContain('Everything that was planned has been collected.2 of 2 expected results stored.');
    expect(text).toContain(
      '2 results, 4.8 MiB in all, and 2 documents of what Defender knew and what was planned (27 bytes)',
    );
    expect(text).toContain(
      'Machine pc-0042.contoso.example, id 111e6dd8c833c8a052ea231ec1b19adaf497b625, in tenant a839b112',
    );
    expect(text).toContain('the SHA-256 of each of its 4 files was written down then');
    expect(text).toContain(
      'Same as reported by the machine: the content of the stored gzip has the SHA-256 that the script reported.',
    );
    expect(text).toContain('What is missing?Nothing of what was planned.');
  });

  test('the alert’s files are counted, and those that are not there are named with their reason', () => {
    const text = textOf(recordOf());
    expect(text).toContain('The alert names 5 files: 1 changed, 1 gone, 1 not comparable, 1 same, 1 not requested.');
    expect(text).toContain(
      'the alert’s file C:\\Users\\mia\\gone.ps1: It was not there any more, as reported by the machine.',
    );
    expect(text).toContain(
      'the alert’s file C:\\Users\\mia\\nohash.js: It was too large to be collected, as reported by the machine.',
    );
    expect(text).toContain('2 of 2 expected results stored.1 file of the alert is not what the alert says. In short');
    expect(text).toContain('which matched by operatingSystem: windows and severity: High or Medium');
  });

  test('a machine’s clock that is not ours, and a script that is not the reviewed one, are told', () => {
    const [run] = recordOf().scriptRuns;
    if (run?.clock === undefined || run.clock === null) throw new Error('It told its time.');
    const clock = { ...run.clock, machineUtc: '2026-03-02T05:18:10Z', verdict: 'ahead' as const };
    const ahead = { ...run, isReviewed: 'no' as const, clock: { ...clock, leastMs: 7_190_000, mostMs: 7_441_500 } };
    const text = textOf(recordOf({ scriptRuns: [ahead] }));
    expect(text).toContain(
      'The machine’s clock is not ours. It told 2026-03-02 05:18:10 UTC between 2026-03-02 03:14:09 UTC',
    );
    expect(text).toContain(
      'The machine reports that it ran another script than the reviewed one.The machine’s clock is not ours. In short',
    );
    expect(text).toContain('it is ahead by 2 h 0 min to 2 h 4 min.');
    expect(text).toContain('The machine reports that it ran another Evidence-Triage.ps1 than the reviewed one.');
  });

  test('what is missing is named with its reason, and what there was no room for', () => {
    const text = textOf(
      recordOf({ outcome: 'partial', filesNotRequested: 1204, results: [...recordOf().results, MISSING] }),
    );
    expect(text).toContain('Part of what was planned has been collected.2 of 3 expected results stored.');
    expect(text).toContain('the file C:\\gone.exe: The file was not found.');
    expect(text).toContain('1,204 files that the alert names: the request had no room for more.');
    expect(text).not.toContain('Nothing of what was planned');
  });

  test('a script that says it failed is trouble though its result is stored', () => {
    const [first, ...rest] = recordOf().results;
    if (first?.status !== 'stored' || first.report === null) throw new Error('The first result is a transcript.');
    const results = [
      { ...first, report: { ...first.report, answer: 'not ok' as const, reason: 'No space left in /var/tmp.' } },
      ...rest,
    ];
    expect(textOf(recordOf({ outcome: 'partial', results }))).toContain(
      'what the script Evidence-Triage.ps1 printed: it is there, but may be incomplete. The script reports that it failed: No space left in /var/tmp.',
    );
  });

  test('a changed file comes first and stands out', () => {
    const [first, second] = recordOf().results;
    if (first === undefined || second?.status !== 'stored' || second.machineAgainstStorage === null)
      throw new Error('The second result is judged.');
    const changed = {
      ...second,
      index: 2,
      machineAgainstStorage: { ...second.machineAgainstStorage, verdict: 'changed' as const, explanation: 'Changed.' },
    };
    const page = renderReport(recordOf({ results: [first, second, changed, { ...changed, index: 3 }] }));
    expect(page).toContain('<ul>\n<li><strong>Changed. (2 files)</strong></li>\n<li>Same as reported by the machine');
  });

  test('nothing collected', () => {
    const text = textOf(
      recordOf({
        outcome: 'failed',
        results: [MISSING],
        times: { ...recordOf().times, startedAt: null, endedAt: null, copiedAt: null },
      }),
    );
    expect(text).toContain('Nothing could be collected from the machine.0 of 1 expected result stored.');
    expect(text).toContain('No result, only 2 documents');
    expect(text).not.toContain('Live response started');
  });

  test('fifty results: the first are named, the rest are counted, and all are listed', () => {
    const [, archive] = recordOf().results;
    if (archive === undefined) throw new Error('There is an archive.');
    const results = Array.from({ length: 50 }, (_, index) => ({ ...archive, index, subject: `C:\\file-${index}.bin` }));
    const text = textOf(recordOf({ results }));
    expect(text).toContain('and 44 more, listed below');
    for (const { subject } of results) expect(text).toContain(`GetFile${subject}stored4.8 MiB`);
  });
});

describe('what a script printed', () => {
  const page = renderReport(recordOf(), PRINTED);

  test('is folded, with its lines, its markup as text, and without the encoded answer', () => {
    expect(page).toContain('<details>\n<summary>What it printed (');
    expect(page).toContain(
      'Collecting &lt;b&gt;logs&lt;/b&gt;\n\tdone &amp; dusted<b class="code">U+202E</b>\n-----BEGIN EVIDENCE ANSWER-----\n(9 characters of base64url)\n-----END EVIDENCE ANSWER-----</pre>',
    );
    expect(page).toContain('cat: /etc/shadow: Permission denied</pre>');
  });

  test('is cut, and says so', () => {
    const long = showTranscript(
      { session: 0, index: 0 },
      {
        exitCode: 0,
        answer: 'none',
        reason: null,
        archiveSha256: null,
        archiveBytes: null,
        output: 'x'.repeat(4_000_000),
        errors: '',
      },
    );
    const text = readMarkup(renderReport(recordOf(), [long])).text;
    expect(text).toContain(
      'What it printed (4,000,000 characters, of which a part is shown; the stored file has all of it)',
    );
    expect(text).toContain('Its errors: nothing.');
    expect(/x{1000,}/.exec(text)?.[0].length).toBe(8000);
  });

  test('an answer that is none is left as it is', () => {
    const output = '-----BEGIN EVIDENCE ANSWER-----\n<not base64url>\n-----END EVIDENCE ANSWER-----';
    const shown = showTranscript(
      { session: 0, index: 0 },
      { exitCode: 0, answer: 'none', reason: null, archiveSha256: null, archiveBytes: null, output, errors: '' },
    );
    expect(shown.output.text).toBe(output);
  });
});

describe('five thousand files', () => {
  const [row] = recordOf().relatedFiles;
  if (row === undefined) throw new Error('There is a file.');
  const relatedFiles = Array.from({ length: 5000 }, (_, index) => ({
    ...row,
    path: `C:\\<b>${index}</b>\\${'\u202E'.repeat(5)}${'long'.repeat(2000)}`,
    ...(index === 4999 ? { comparison: { ...row.comparison, verdict: 'changed' as const } } : {}),
  }));
  const page = renderReport(recordOf({ relatedFiles }));

  test('make a page that a browser opens, with what matters first and the rest counted', () => {
    expect(page.length).toBeLessThan(1_000_000);
    const { text } = readMarkup(page);
    expect(text).toContain('The alert names 5,000 files: 1 changed, 4,999 same.');
    expect(text.indexOf('C:\\<b>4999</b>')).toBeLessThan(text.indexOf('C:\\<b>0</b>'));
    expect(text).toContain('C:\\<b>198</b>');
    expect(text).not.toContain('C:\\<b>199</b>');
    expect(text).toContain('4,800 more files in collection.json, under relatedFiles.');
  });
});

describe('when', () => {
  test('each step has its time and how long it took', () => {
    const text = textOf(recordOf());
    expect(text).toContain('From the alert’s receipt to the seal: 4 min 19 s.');
    expect(text).toContain('Live response ended2026-03-02 03:18:20 UTC4 min 8 s');
  });

  test('each lane is drawn, with how long it took in all', () => {
    const page = renderReport(recordOf());
    expect(page).toContain(
      'aria-label="Alert 9.9 s, Looked up 2.4 s, Queued 2.6 s, Pending 1 min 58 s, Running 2 min 10 s, Copied 4.9 s, Sealed 0.7 s"',
    );
    expect(page.match(/<rect /g)).toHaveLength(8);
  });

  test('an alert that was raised long before it was received does not dwarf the rest', () => {
    const raised = { ...recordOf().alert, createdAt: '2025-03-02T03:13:57Z' };
    const page = renderReport(recordOf({ alert: raised }));
    expect(page).toContain('Of the time before the alert was received only a part is drawn.');
    expect(page).toContain('<text class="axis" x="110" y="212">2026-03-02 03:13:02 UTC</text>');
  });

  test('a step that seems to end before it began has no length', () => {
    const page = renderReport(recordOf({ times: { ...recordOf().times, copiedAt: '2026-03-02T03:15:00.000Z' } }));
    expect(page).toContain(
      '<td>Last result copied</td><td class="time">2026-03-02 03:15:00 UTC</td><td class="number">–</td></tr>',
    );
  });
});
