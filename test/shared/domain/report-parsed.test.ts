import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../../shared/domain/report.ts';
import { HOSTILE, recordWith } from './hostile-report.ts';

interface Element {
  readonly name: string;
  readonly attributes: readonly string[];
}

/** The elements of a page with their attributes, and its text, as a browser's parser makes them (HTML Living Standard, 13.2). */
function readPage(page: string): { readonly elements: readonly Element[]; readonly text: string } {
  const elements: Element[] = [];
  const texts: string[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) {
      const attributes = node.attrs.map(({ name, value }) => `${name}=${value}`);
      // How often a character that does not show is spelt out depends on the text alone.
      if (!attributes.includes('class=code')) elements.push({ name: node.tagName, attributes });
    } else if ('value' in node && node.nodeName === '#text') texts.push(node.value);
    else if (node.nodeName === '#comment') elements.push({ name: '#comment', attributes: [] });
    if ('childNodes' in node) for (const child of node.childNodes) walk(child);
  };
  walk(parse(page));
  return { elements, text: texts.join('') };
}

const hostile = recordWith(HOSTILE);
const page = renderReport(hostile.record, hostile.transcripts);
const read = readPage(page);
const plain = recordWith('x');
const harmless = readPage(renderReport(plain.record, plain.transcripts));

describe('a report on a hostile alert with 5,000 files, as a browser’s parser reads it', () => {
  test('has the very elements of a harmless one, none of the alert’s and none gone', () => {
    expect(read.elements).toEqual(harmless.elements);
    expect(read.elements.length).toBeGreaterThan(500);
  });

  test('has nothing that runs, loads or leads anywhere', () => {
    const names = new Set(read.elements.map(({ name }) => name));
    for (const name of ['script', 'img', 'iframe', 'object', 'link', 'base', 'form', 'input', '#comment'])
      expect(names).not.toContain(name);
    expect(read.elements.filter(({ name }) => name === 'style' || name === 'title')).toHaveLength(2);
    const attributes = read.elements.flatMap((element) => element.attributes);
    expect(attributes.filter((attribute) => /^(?:on|style=|src|srcdoc|action|formaction)/.test(attribute))).toEqual([]);
    expect(attributes.filter((attribute) => /^(?:xlink:)?href=(?!#)/.test(attribute))).toEqual([]);
  });

  test('shows what the alert says as text, with what does not show spelt out', () => {
    const spelt = HOSTILE.replace('\u202E', 'U+202E').replace('\u2066', 'U+2066').replace('\u0000', 'U+0000');
    expect(read.text.split(spelt).length).toBeGreaterThan(100);
    expect(read.text.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('is bounded', () => {
    expect(page.length).toBeLessThan(400_000);
  });
});
