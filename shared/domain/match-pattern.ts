import { type CharacterRange, type PatternPart, parsePattern } from './match-pattern-parse.ts';

/** A pattern that is ready: whether a text has it somewhere, without regard to case, in time linear in the text's length. */
export type PatternTest = (text: string) => 'found' | 'not found';

/** What making a pattern ready came to. */
export type CompiledPattern =
  | { readonly outcome: 'test'; readonly test: PatternTest }
  | { readonly outcome: 'fault'; readonly why: string };

type Step =
  | {
      readonly step: 'character';
      readonly ranges: readonly CharacterRange[];
      readonly isNegated: boolean;
      readonly next: number;
    }
  | { readonly step: 'place'; readonly place: 'start' | 'end' | 'word edge'; readonly next: number }
  | { readonly step: 'either'; readonly next: readonly number[] }
  | { readonly step: 'end' };

/** Every step may be looked at once for each character of a text: this bounds what a pattern costs. */
const MOST_STEPS = 500;

/** Makes a pattern ready; it is run by following all its ways side by side (Thompson 1968), so that no text takes it long. */
export function compilePattern(pattern: string): CompiledPattern {
  const parsed = parsePattern(pattern);
  if (parsed.outcome === 'fault') return parsed;
  const steps: Step[] = [{ step: 'end' }];
  const first = append(steps, parsed.pattern, 0);
  if (first === null) return { outcome: 'fault', why: `it is too large once its counts are written out` };
  return { outcome: 'test', test: (text) => run(steps, first, [...text]) };
}

/** Appends the steps of a part that go on at `next`; answers where they begin, null when there are too many. */
function append(steps: Step[], part: PatternPart, next: number): number | null {
  if (steps.length > MOST_STEPS) return null;
  switch (part.part) {
    case 'character':
      return steps.push({ step: 'character', ranges: part.ranges, isNegated: part.isNegated, next }) - 1;
    case 'place':
      return steps.push({ step: 'place', place: part.place, next }) - 1;
    case 'sequence':
      return part.parts.reduceRight<number | null>(
        (at, inner) => (at === null ? null : append(steps, inner, at)),
        next,
      );
    case 'either': {
      const ways = part.parts.map((inner) => append(steps, inner, next));
      return ways.includes(null) ? null : steps.push({ step: 'either', next: ways.filter((way) => way !== null) }) - 1;
    }
    case 'repeated':
      return appendRepeated(steps, part, next);
    default: {
      const unknown: never = part;
      throw new Error(`Unknown part ${JSON.stringify(unknown)}.`);
    }
  }
}

function appendRepeated(
  steps: Step[],
  { inner, least, most }: Extract<PatternPart, { part: 'repeated' }>,
  next: number,
): number | null {
  let at: number | null = next;
  if (most === Number.POSITIVE_INFINITY) {
    const loop = steps.push({ step: 'end' }) - 1;
    const again = append(steps, inner, loop);
    if (again === null) return null;
    steps[loop] = { step: 'either', next: [again, next] };
    at = loop;
  } else {
    for (let count = least; count < most && at !== null; count += 1) {
      const once = append(steps, inner, at);
      at = once === null ? null : steps.push({ step: 'either', next: [once, next] }) - 1;
    }
  }
  for (let count = 0; count < least && at !== null; count += 1) at = append(steps, inner, at);
  return at;
}

function run(steps: readonly Step[], first: number, text: readonly string[]): 'found' | 'not found' {
  let current: number[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const reached = follow(steps, [...current, first], text, at);
    if (reached === 'end') return 'found';
    const character = text[at];
    if (character === undefined) break;
    current = reached.flatMap((number) => {
      const step = steps[number];
      return step?.step === 'character' && isIn(step, character) ? [step.next] : [];
    });
  }
  return 'not found';
}

/** The steps that take a character and can be reached from others without taking one, each once; `end` if that is one of them. */
function follow(
  steps: readonly Step[],
  from: readonly number[],
  text: readonly string[],
  at: number,
): readonly number[] | 'end' {
  const seen = new Set<number>();
  const open = [...from];
  const reached: number[] = [];
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    if (seen.has(number)) continue;
    seen.add(number);
    const step = steps[number];
    if (step === undefined) continue;
    if (step.step === 'end') return 'end';
    if (step.step === 'character') reached.push(number);
    else if (step.step === 'either') open.push(...step.next);
    else if (isAt(step.place, text, at)) open.push(step.next);
  }
  return reached;
}

function isAt(place: 'start' | 'end' | 'word edge', text: readonly string[], at: number): boolean {
  switch (place) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'word edge':
      return isWord(text[at - 1]) !== isWord(text[at]);
    default: {
      const unknown: never = place;
      throw new Error(`Unknown place ${String(unknown)}.`);
    }
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^[A-Za-z0-9_]$/.test(character);
}

function isIn({ ranges, isNegated }: Extract<Step, { step: 'character' }>, character: string): boolean {
  const codes = [character, character.toLowerCase(), character.toUpperCase()].map((form) => form.codePointAt(0) ?? 0);
  const isInside = codes.some((code) => ranges.some(([from, to]) => code >= from && code <= to));
  return isInside !== isNegated;
}
