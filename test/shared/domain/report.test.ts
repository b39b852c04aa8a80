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
import { liveWell, sha256 } from './package-record-fixture.ts';
import { readMarkup } from './report-markup.ts';

function recordOf(changes: Partial<PackageRecord> = {}): PackageRecord {
  const { collection, custody } = liveWell();
  return { ...describePackage(collection, custody, '0.1.0', sha256), ...changes };
}

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

test('a record’s report is the golden one, byte for byte', async () => {
  const record = packageRecordSchema.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, 'report.golden.json'), 'utf8')),
  );
  await expect(renderReport(record)).toMatchFileSnapshot('report.golden.html');
});

describe('the page is closed to everything from outside', () => {
  const page = renderReport(recordOf());

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
      'a b bdi body br code dd div dl doctype dt footer h1 h2 h3 head header html li main meta p pre rect section span strong svg table tbody td th thead title tr ul';
    expect([...names].filter((name) => !known.split(' ').includes(name ?? ''))).toEqual([]);
    const attributes = tags.flatMap((tag) =>
      [...tag.matchAll(/ ([a-zA-Z-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => ({ name, value })),
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

describe('foreign text', () => {
  const OURS = ['status', 'command', 'type', 'verdict', 'compared', 'outcome', 'severity', 'answer'];

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
    const text = textOf(recordOf());
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

describe('when', () => {
  test('each step has its time and how long it took', () => {
    const text = textOf(recordOf());
    expect(text).toContain('From the alert’s receipt to the seal: 4 min 19 s.');
    expect(text).toContain('Live response ended2026-03-02 03:18:20 UTC4 min 8 s');
  });

  test('a step that seems to end before it began has no length and no bar', () => {
    const page = renderReport(recordOf({ times: { ...recordOf().times, copiedAt: '2026-03-02T03:15:00.000Z' } }));
    expect(page).toContain(
      '<td>Last result copied</td><td class="time">2026-03-02 03:15:00 UTC</td><td class="number">–</td><td></td>',
    );
  });
});
