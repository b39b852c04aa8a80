import { describe, expect, test } from 'vitest';
import { foreign, html, printHtml, spellHidden } from '../../../shared/domain/escape-html.ts';

describe('what is put into a template', () => {
  test('text is escaped, pieces and lists of them are printed, null is nothing', () => {
    const piece = html`<b>${'<i> & "\''}</b>`;
    expect(printHtml(html`<p>${piece}${[piece, ' > ', 7]}${null}</p>`)).toBe(
      '<p><b>&lt;i&gt; &amp; &quot;&#39;</b><b>&lt;i&gt; &amp; &quot;&#39;</b> &gt; 7</p>',
    );
  });

  test('foreign text keeps its direction to itself', () => {
    expect(printHtml(foreign('a<b'))).toBe('<bdi class="foreign" dir="ltr">a&lt;b</bdi>');
  });

  test('what was escaped before is escaped again: nothing is taken for markup', () => {
    expect(printHtml(html`${'&lt;script&gt;'}`)).toBe('&amp;lt;script&amp;gt;');
  });
});

describe('characters that do not show are spelt out', () => {
  test.each([
    ['right-to-left override', 'invoice\u202Efdp.exe', 'invoice[U+202E]fdp.exe'],
    ['isolates', '\u2066a\u2069', '[U+2066]a[U+2069]'],
    ['zero width space and joiner', 'a\u200Bb\u200Dc', 'a[U+200B]b[U+200D]c'],
    ['byte order mark', '\uFEFFa', '[U+FEFF]a'],
    ['interlinear annotation', 'a\uFFF9b\uFFFAc\uFFFB', 'a[U+FFF9]b[U+FFFA]c[U+FFFB]'],
    ['soft hyphen', 'a\u00ADb', 'a[U+00AD]b'],
    ['line ends and tabs', 'a\r\nb\tc', 'a[U+000D][U+000A]b[U+0009]c'],
    ['line and paragraph separator', 'a\u2028b\u2029c', 'a[U+2028]b[U+2029]c'],
    ['escape and delete', '\u001b[2Ja\u007f', '[U+001B][2Ja[U+007F]'],
    ['a run of NULs as one', 'a\0\0\0\0b', 'a[U+0000 ×4]b'],
    ['a space that is none', 'a\u00A0b\u3000c', 'a[U+00A0]b[U+3000]c'],
    ['blank letters', 'a\u3164b\u2800c\u115Fd', 'a[U+3164]b[U+2800]c[U+115F]d'],
    ['tag characters beyond the first plane', 'a\u{E0041}b', 'a[U+E0041]b'],
    ['half a surrogate pair', 'a\uD800b', 'a[U+D800]b'],
    ['marks piled up, from the fifth on', `a${'\u0300'.repeat(9)}b`, `a${'\u0300'.repeat(4)}[U+0300 ×5]b`],
    ['none in plain text of any script', 'Ä ñ 中文 עברית العربية ไทย é 🙂', 'Ä ñ 中文 עברית العربية ไทย é 🙂'],
  ])('%s', (_, text, spelt) => {
    expect(spellHidden(text)).toBe(spelt);
    expect(printHtml(html`${text}`)).toBe(spelt.replaceAll(/\[(U\+[^\]]+)\]/g, '<b class="code">$1</b>'));
  });
});
