import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { compilePattern } from '../../../shared/domain/match-pattern.ts';

function find(pattern: string, text: string): string {
  const compiled = compilePattern(pattern);
  return compiled.outcome === 'fault' ? compiled.why : compiled.test(text);
}

describe('compilePattern', () => {
  it.each([
    ['abc', 'xABCx', 'found'],
    ['^abc$', 'abcd', 'not found'],
    ['^abc$', 'abc', 'found'],
    ['a.c', 'a\nc', 'found'],
    ['colou?r', 'color', 'found'],
    ['a{2,3}b', 'ab', 'not found'],
    ['^a{2,3}b', 'aaaab', 'not found'],
    ['a{2,}b', 'aaaab', 'found'],
    ['^(?:ab|cd)+$', 'abcdab', 'found'],
    ['^(?:ab|cd)+$', 'abcda', 'not found'],
    ['[a-f0-9]{8}', 'xx1234ABcd', 'found'],
    ['[^a-z ]', 'Only Letters', 'not found'],
    ['\\d+\\.\\d+', 'v1.2', 'found'],
    ['\\bdc\\d*\\b', 'the dc01 host', 'found'],
    ['\\bdc\\b', 'abcdcx', 'not found'],
    ['[\\w.-]+@', 'a-b.c@d', 'found'],
    ['\\$\\(', 'x$(id)', 'found'],
    ['', 'anything', 'found'],
    ['a||b', '', 'found'],
    ['(a*)*$', 'b', 'found'],
    ['é', 'CAFÉ', 'found'],
    ['^.$', '\u{1F600}', 'found'],
  ])('%j in %j: %s', (pattern, text, expected) => {
    expect(find(pattern, text)).toBe(expected);
  });

  it.each([
    ['(?=a)', /looks around/],
    ['(?<name>a)', /looks around/],
    ['(a)\\1', /\\1 is not known/],
    ['a**', /repeats a repetition/],
    ['*a', /nothing before \*/],
    ['(a', /not closed/],
    ['a)', /not opened/],
    ['[a', /ends too early/],
    ['[]', /empty/],
    ['[z-a]', /ends before it begins/],
    ['a{3,2}', /ends before it begins/],
    ['a{999}', /over 200/],
    ['a{x}', /no count/],
    ['((a{200}){200}){200}', /too large/],
    ['(a{0,200}){0,200}', /too large/],
    [`${'('.repeat(40)}a${')'.repeat(40)}`, /nested/],
    ['a\\', /ends too early/],
  ])('refuses %j and says why', (pattern, why) => {
    expect(compilePattern(pattern)).toMatchObject({ outcome: 'fault', why: expect.stringMatching(why) });
  });

  it('finds what the language finds, in patterns of its own grammar', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(?:ab)', '(?:a|bb)', '(?:a*b)');
    const part = fc
      .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '{2,}'))
      .map((both) => both.join(''));
    const pattern = fc
      .tuple(fc.constantFrom('', '^'), fc.array(part, { minLength: 1, maxLength: 5 }), fc.constantFrom('', '$'))
      .map(([start, parts, end]) => `${start}${parts.join('')}${end}`);
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const expected = new RegExp(source, 'is').test(subject) ? 'found' : 'not found';
        expect(find(source, subject)).toBe(expected);
      }),
      { numRuns: 3_000, seed: 7 },
    );
  });

  it('is not led astray by what takes a backtracking engine for ever', () => {
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a*)*b$', '(x+x+)+y', '(.*a){20}b'])
      expect(find(pattern, `${'a'.repeat(3_000)}!`)).toBe('not found');
  });
});
