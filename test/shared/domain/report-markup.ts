import { STYLE } from '../../../shared/domain/report-style.ts';

/** A report taken apart: its tags in order, and its text as a reader sees it. */
export interface Markup {
  readonly tags: readonly string[];
  readonly text: string;
}

const TAG = /<(?:!doctype html|\/?[a-z][a-z0-9]*(?: [a-zA-Z][a-zA-Z0-9-]*="[^"<>]*")*\/?)>/g;
const ENTITY: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/** Reads a report as strictly as can be: every angle bracket is a tag's, every quote an attribute's, every ampersand an entity's. */
export function readMarkup(page: string): Markup {
  const withoutStyle = page.replace(`<style>${STYLE}</style>`, '');
  if (withoutStyle === page) throw new Error('The style sheet is not there as it is.');
  const text = withoutStyle.replace(TAG, '');
  const stray = /[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/.exec(text);
  if (stray !== null)
    throw new Error(`Stray markup: ${JSON.stringify(text.slice(Math.max(stray.index - 60, 0), stray.index + 60))}`);
  return {
    tags: withoutStyle.match(TAG) ?? [],
    text: text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITY[entity] ?? ''),
  };
}
