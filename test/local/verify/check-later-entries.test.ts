import { describe, expect, test } from 'vitest';
import { checkLaterEntries } from '../../../local/verify/check-later-entries.ts';
import { chainFacts, type CustodyFact, NO_CUSTODY } from '../../../shared/domain/custody.ts';
import { sha256 } from '../../shared/domain/package-record-fixture.ts';

const AT = '2026-03-02T03:14:07.000Z';
const fact = (event: string): CustodyFact => ({ event, actor: 'http', detail: { file: 'report.html' } });
const SEALED = chainFacts(NO_CUSTODY, [fact('received'), fact('sealing')], AT, sha256).head;
const LATER = chainFacts(SEALED, ['ended', 'opened', 'verified', 'exported'].map(fact), AT, sha256).lines.map(
  ({ number, line }) => ({ number, text: line }),
);
const [three, four, five, six] = LATER;
if (three === undefined || four === undefined || five === undefined || six === undefined)
  throw new Error('Four follow.');

const faultsOf = (later: typeof LATER) =>
  checkLaterEntries(later, SEALED, sha256).map(({ path, what }) => `${path}: ${what}`);
const NO_FOLLOWING = 'It does not follow on the entry before: one of the two was changed or exchanged.';

describe('the custody entries after a seal', () => {
  test.each([
    ['none', []],
    ['all of them', LATER],
    ['listed in another order, as names are sorted', [six, three, five, four]],
  ])('%s are a chain', (_, later) => {
    expect(faultsOf(later)).toEqual([]);
  });

  test.each([
    ['the first dropped', LATER.slice(1), ['custody/4.json: An entry before it is missing: entry 3.']],
    ['one dropped', [three, five, six], ['custody/5.json: An entry before it is missing: entry 4.']],
    [
      'two exchanged',
      [three, { ...five, number: 4 }, { ...four, number: 5 }, six],
      [
        'custody/4.json: It bears the number 5.',
        'custody/5.json: It bears the number 4.',
        `custody/6.json: ${NO_FOLLOWING}`,
      ],
    ],
    [
      'one changed',
      [three, { ...four, text: four.text.replace('opened', 'copied') }, five, six],
      [`custody/5.json: ${NO_FOLLOWING}`],
    ],
    [
      'one of another package',
      [{ ...three, text: three.text.replace(/"previous":"[0-9a-f]{64}"/, `"previous":"${'0'.repeat(64)}"`) }],
      [`custody/3.json: ${NO_FOLLOWING}`],
    ],
    ['one that is none', [{ ...three, text: 'x' }], ['custody/3.json: It is not in the form of a custody entry.']],
    [
      'one that the package has itself',
      [{ number: 2, text: '{}' }, three],
      ['custody/2.json: It was added: the package itself holds entry 2.'],
    ],
  ])('%s is named', (_, later, faults) => {
    expect(faultsOf(later)).toEqual(faults);
  });
});
