/** A part of a pattern: what a text must have at one place, or how such parts follow on each other. */
export type PatternPart =
  | { readonly part: 'character'; readonly ranges: readonly CharacterRange[]; readonly isNegated: boolean }
  | { readonly part: 'place'; readonly place: 'start' | 'end' | 'word edge' }
  | { readonly part: 'sequence' | 'either'; readonly parts: readonly PatternPart[] }
  | { readonly part: 'repeated'; readonly inner: PatternPart; readonly least: number; readonly most: number };

/** Characters from one code point to another, both included. */
export type CharacterRange = readonly [from: number, to: number];

/** What reading a pattern came to: its parts, or why it cannot be used. */
export type ParsedPattern =
  | { readonly outcome: 'pattern'; readonly pattern: PatternPart }
  | { readonly outcome: 'fault'; readonly why: string };

const LONGEST_REPEAT = 200;
const DEEPEST = 30;
const ALL: readonly CharacterRange[] = [[0, 0x10ffff]];
const CLASSES: Readonly<Record<string, readonly CharacterRange[]>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 13],
    [32, 32],
    [160, 160],
  ],
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

class PatternFault extends Error {}

/** Reads the regular expressions that a profile may use: no back references and no looking around, so that all run in linear time. */
export function parsePattern(text: string): ParsedPattern {
  try {
    return { outcome: 'pattern', pattern: new Reader([...text]).readAll() };
  } catch (fault) {
    if (!(fault instanceof PatternFault)) throw fault;
    return { outcome: 'fault', why: fault.message };
  }
}

class Reader {
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(characters: readonly string[]) {
    this.#characters = characters;
  }

  readAll(): PatternPart {
    const pattern = this.#readEither();
    if (this.#peek() !== undefined) throw new PatternFault('it closes a group that was not opened');
    return pattern;
  }

  #peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  #take(wanted: string): 'taken' | 'not there' {
    if (this.#peek() !== wanted) return 'not there';
    this.#at += 1;
    return 'taken';
  }

  #next(): string {
    const character = this.#peek();
    if (character === undefined) throw new PatternFault('it ends too early');
    this.#at += 1;
    return character;
  }

  #readEither(): PatternPart {
    const parts = [this.#readSequence()];
    while (this.#take('|') === 'taken') parts.push(this.#readSequence());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { part: 'either', parts };
  }

  #readSequence(): PatternPart {
    const parts: PatternPart[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek())
      parts.push(this.#readRepeated());
    return { part: 'sequence', parts };
  }

  #readRepeated(): PatternPart {
    const inner = this.#readAtom();
    const counts = this.#readCounts();
    if (counts === null) return inner;
    this.#take('?');
    if (this.#readCounts() !== null) throw new PatternFault('it repeats a repetition');
    return { part: 'repeated', inner, least: counts[0], most: counts[1] };
  }

  #readCounts(): CharacterRange | null {
    if (this.#take('*') === 'taken') return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+') === 'taken') return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?') === 'taken') return [0, 1];
    if (this.#peek() !== '{') return null;
    const end = this.#characters.indexOf('}', this.#at);
    const found = /^(\d{1,4})(,(\d{0,4}))?$/.exec(this.#characters.slice(this.#at + 1, end).join(''));
    if (end === -1 || found === null) throw new PatternFault('a { that is no count is written \\{');
    this.#at = end + 1;
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (most < least) throw new PatternFault('a count ends before it begins');
    if (least > LONGEST_REPEAT || (most !== Number.POSITIVE_INFINITY && most > LONGEST_REPEAT))
      throw new PatternFault(`a count is over ${LONGEST_REPEAT}`);
    return [least, most];
  }

  #readAtom(): PatternPart {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#readGroup();
      case '[':
        return this.#readSet();
      case '.':
        return { part: 'character', ranges: ALL, isNegated: false };
      case '^':
        return { part: 'place', place: 'start' };
      case '$':
        return { part: 'place', place: 'end' };
      case '\\':
        return this.#peek() === 'b' ? this.#readWordEdge() : this.#readEscaped();
      case '*':
      case '+':
      case '?':
      case '{':
        throw new PatternFault(`there is nothing before ${character} that could be repeated`);
      default:
        return literal(character);
    }
  }

  #readGroup(): PatternPart {
    if (this.#take('?') === 'taken' && this.#take(':') === 'not there')
      throw new PatternFault('it looks around or names a group, which is not possible in linear time or not needed');
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new PatternFault(`its groups are nested more than ${DEEPEST} deep`);
    const inner = this.#readEither();
    if (this.#take(')') === 'not there') throw new PatternFault('a group is not closed');
    this.#depth -= 1;
    return inner;
  }

  #readWordEdge(): PatternPart {
    this.#at += 1;
    return { part: 'place', place: 'word edge' };
  }

  #readEscaped(): PatternPart {
    const character = this.#next();
    const known = CLASSES[character.toLowerCase()];
    if (known !== undefined && Object.hasOwn(CLASSES, character.toLowerCase()))
      return { part: 'character', ranges: known, isNegated: character !== character.toLowerCase() };
    return literal(readEscape(character));
  }

  #readSet(): PatternPart {
    const isNegated = this.#take('^') === 'taken';
    const ranges: CharacterRange[] = [];
    while (this.#peek() !== ']') {
      const first = this.#readSetItem();
      if (typeof first !== 'number') ranges.push(...first);
      else if (this.#peek() === '-' && this.#peek(1) !== ']') ranges.push(this.#readRange(first));
      else ranges.push([first, first]);
    }
    this.#at += 1;
    if (ranges.length === 0) throw new PatternFault('a set [] is empty');
    return { part: 'character', ranges, isNegated };
  }

  #readRange(from: number): CharacterRange {
    this.#at += 1;
    const to = this.#readSetItem();
    if (typeof to !== 'number' || to < from) throw new PatternFault('a range in a set ends before it begins');
    return [from, to];
  }

  #readSetItem(): number | readonly CharacterRange[] {
    const character = this.#next();
    if (character !== '\\') return codeOf(character);
    const escaped = this.#next();
    return Object.hasOwn(CLASSES, escaped) ? (CLASSES[escaped] ?? []) : codeOf(readEscape(escaped));
  }
}

function readEscape(character: string): string {
  const control = Object.hasOwn(CONTROLS, character) ? CONTROLS[character] : undefined;
  if (control !== undefined) return control;
  if (/[A-Za-z0-9]/.test(character))
    throw new PatternFault(`\\${character} is not known; there are \\d \\w \\s \\b \\D \\W \\S \\n \\r \\t`);
  return character;
}

function literal(character: string): PatternPart {
  return { part: 'character', ranges: [[codeOf(character), codeOf(character)]], isNegated: false };
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
