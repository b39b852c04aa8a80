import { describe, expect, it } from 'vitest';
import { evaluate, type Scope } from './evaluate.ts';

const scope: Scope = {
  parameters: { url: 'https://x' },
  triggerBody: { id: 'a', none: null, list: [1, 2] },
  outputs: (name) => (name === 'Done' ? { body: { collections: [] } } : name === 'Failed' ? null : undefined),
  callbackUrl: 'https://back',
  now: () => new Date('2026-03-01T12:00:00Z'),
};

describe('an expression of a workflow', () => {
  it.each<readonly [string, unknown]>([
    ['no expression', 'no expression'],
    ['@@home', '@home'],
    ["@{parameters('url')}/api/@{triggerBody()['id']}", 'https://x/api/a'],
    ["@triggerBody()?['list']", [1, 2]],
    ["is @{triggerBody()?['list']}, @{triggerBody()?['none']}.", 'is [1,2], .'],
    ["@concat('it''s } ', '@{')", "it's } @{"],
    ["@coalesce(body('Done')?['missing'], outputs('Failed'), 'else')", 'else'],
    ["@empty(body('Done')['collections'])", true],
    ["@if(equals(1, 1), 'yes', 'no')", 'yes'],
    ['@if(equals(null, true), 1, -2)', -2],
    ["@union(json('[1,2]'), json('[2,3]'))", [1, 2, 3]],
    ["@json(base64ToString(base64('{\"a\":1}')))?['a']", 1],
    ["@addDays('2026-03-01T00:00:00Z', 365)", '2027-03-01T00:00:00.000Z'],
    ["@replace(encodeURIComponent('a/b'), '%2F', '-')", 'a-b'],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, scope)).toEqual(value);
  });

  it.each([
    ["@body('Other')", 'has not ended, or there is none'],
    ["@triggerBody()['missing']", "There is no 'missing'"],
    ["@triggerBody()['none']['x']", "There is no 'none'|cannot be taken from null"],
    ["@triggerBody()?['id']?['x']", 'cannot be taken from "a"'],
    ["@concat('a', null)", 'A text is wanted, not null'],
    ['@empty(triggerBody())', 'A list is wanted'],
    ["@parameters('uri')", 'There is no parameter uri'],
    ['@guid()', 'guid is no function that is known here'],
    ['@item()', 'stands for nothing'],
    ["@concat('a'", 'do not match'],
    ["@{concat('a')", 'does not end'],
    ["@concat('a') + 1", 'no part of the expression'],
    ['@ + 1', 'cannot begin here'],
  ])('%s fails: %s', (text, why) => {
    expect(() => evaluate(text, scope)).toThrow(new RegExp(why));
  });
});
