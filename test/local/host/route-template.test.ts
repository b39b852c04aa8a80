import { describe, expect, it } from 'vitest';
import { compileRouteTemplate } from '../../../local/host/route-template.ts';

describe('compileRouteTemplate', () => {
  it.each([
    ['api/collections', '/api/collections', {}],
    ['api/collections', '/API/Collections/', {}],
    ['api/collections', '/api/collections/1', undefined],
    ['api/collections/{id}', '/api/collections/a%20b', { id: 'a b' }],
    ['api/collections/{id}', '/api/collections/a%2Fb', { id: 'a%2Fb' }],
    ['api/collections/{id}', '/api/collections/', undefined],
    ['api/{id}/evidence/{item}', '/api/c1/evidence/2', { id: 'c1', item: '2' }],
    ['files/{name}.{kind}', '/files/report.html', { name: 'report', kind: 'html' }],
    ['files/{name}.{kind}', '/files/report', undefined],
    ['plans/{id?}', '/plans', {}],
    ['plans/{id?}', '/plans/1', { id: '1' }],
    ['plans/{id?}', '/plans/1/2', undefined],
    ['all/{*rest}', '/all/a/b', { rest: 'a/b' }],
    ['all/{*rest}', '/all', {}],
    ['i/{id:int}', '/i/-12', { id: '-12' }],
    ['i/{id:int}', '/i/2147483648', undefined],
    ['i/{id:int?}', '/i', {}],
    ['i/{id:int?}', '/i/x', undefined],
    ['i/{id:long}', '/i/9223372036854775807', { id: '9223372036854775807' }],
    ['i/{id:long}', '/i/9223372036854775808', undefined],
    ['i/{id:min(3):max(5)}', '/i/6', undefined],
    ['i/{id:min(3):max(5)}', '/i/5', { id: '5' }],
    ['g/{id:guid}', '/g/6F9619FF-8B86-D011-B42D-00C04FC964FF', { id: '6F9619FF-8B86-D011-B42D-00C04FC964FF' }],
    ['g/{id:guid}', '/g/6F9619FF', undefined],
    ['a/{id:alpha:length(2,3)}', '/a/abcd', undefined],
    ['a/{id:alpha:length(2,3)}', '/a/abc', { id: 'abc' }],
    ['r/{id:regex(^\\d{{3}}$)}', '/r/123', { id: '123' }],
    ['r/{id:regex(^\\d{{3}}$)}', '/r/1234', undefined],
    ['r/{id:regex(^a/?b$)}', '/r/ab', { id: 'ab' }],
    ['a.c', '/abc', undefined],
    ['x/{id}', '/x/%E0%A4%A', { id: '%E0%A4%A' }],
  ])('%s asked for %s', (template, path, params) => {
    expect(compileRouteTemplate(template).match(path)).toEqual(params);
  });

  it('asks the more specific of two routes first', () => {
    const templates = ['a/{*rest}', 'a/{id}', 'a/{id:int}', 'a/x{id}', 'a/new'];
    const ranked = templates.toSorted((a, b) =>
      compileRouteTemplate(a).precedence.localeCompare(compileRouteTemplate(b).precedence),
    );
    expect(ranked).toEqual(['a/new', 'a/x{id}', 'a/{id:int}', 'a/{id}', 'a/{*rest}']);
  });

  it.each([
    ['a/{id:float}', 'A route has the constraint "float", which the local host does not know.'],
    ['a/{id', 'The route "a/{id" cannot be read'],
    ['a//b', 'The route "a//b" cannot be read'],
    ['a/{id=1}', 'The route segment "{id=1}" cannot be read'],
  ])('refuses %s in words', (template, words) => {
    expect(() => compileRouteTemplate(template)).toThrow(words);
  });
});
