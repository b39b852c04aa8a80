const MARKUP = Symbol('markup');

/** A piece of HTML that is safe to print: only this file makes one. */
export interface Html {
  readonly [MARKUP]: string;
}

/** What may stand in a template: text and numbers are escaped, pieces are printed, a list is printed one after another. */
export type Printable = Html | string | number | null | readonly Printable[];

/**
 * Characters that do not show, or that change how others show: controls, directions, zero width and other format
 * characters, lone surrogates, private and unassigned ones, spaces that are not the space, and piled-up combining marks; one and its repetitions at a time.
 */
const HIDDEN = /([\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{DI}\u2800]|(?! )\p{Zs}|(?<=\p{M}{4})\p{M})\1*/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template of HTML; what is put into it is escaped, and characters that do not show are spelt out. */
export function html(parts: TemplateStringsArray, ...values: readonly Printable[]): Html {
  return { [MARKUP]: parts.map((part, index) => part + printValue(values[index] ?? null)).join('') };
}

/** Foreign text in an element that keeps its writing direction to itself. */
export function foreign(text: string): Html {
  return html`<bdi class="foreign" dir="ltr">${text}</bdi>`;
}

/** A foreign id, name or path: the same in a fixed-width face. */
export function foreignName(text: string): Html {
  return html`<bdi class="foreign name" dir="ltr">${text}</bdi>`;
}

/** The text of a piece of HTML. */
export function printHtml(piece: Html): string {
  return piece[MARKUP];
}

/** Text on one line in which characters that do not show are spelt out: `[U+202E]`. */
export function spellHidden(text: string): string {
  return text.replaceAll(HIDDEN, (run) => `[${nameCode(run)}]`);
}

function printValue(value: Printable): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return MARKUP in value ? value[MARKUP] : value.map(printValue).join('');
}

function escapeText(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(HIDDEN, (run) => `<b class="code">${nameCode(run)}</b>`);
}

/** The code point of a character, and how often it is repeated: `U+202E`, `U+0000 ×8`. */
function nameCode(run: string): string {
  const characters = Array.from(run);
  const code = (run.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return characters.length === 1 ? `U+${code}` : `U+${code} ×${characters.length}`;
}
