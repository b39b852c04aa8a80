import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../shared/doors/operations.ts';
import { writeOpenapi } from '../../../shared/doors/openapi.ts';
import { VERSION } from '../../../shared/version.ts';
import { type ApiDocument, findOperation, openChecker } from '../../functions/check-answer.ts';

const root = new URL('../../../', import.meta.url);
const committed = readFileSync(new URL('docs/openapi.json', root), 'utf8');

/** The HTTP functions as they are registered: name, method, route and act. */
function listFunctions() {
  return readdirSync(new URL('functions/', root)).flatMap((file) => {
    const source = readFileSync(new URL(`functions/${file}`, root), 'utf8');
    return [...source.matchAll(/app\.http\('([\w-]+)', \{([\s\S]*?)admit\('(\w+)'/g)].map(
      ([, id, options = '', act]) => {
        const method = /methods: \['(\w+)'(?:, 'OPTIONS')?\]/.exec(options)?.[1]?.toLowerCase();
        const path = `/${/route: '([^']+)'/.exec(options)?.[1]?.replace('{*', '{')}`;
        return { id, method, path, act };
      },
    );
  });
}

describe('the description of the API', () => {
  it('is the committed one; npm run openapi writes it', () => {
    expect(JSON.parse(JSON.stringify(writeOpenapi(VERSION)))).toEqual(JSON.parse(committed));
  });

  it('has every function that takes HTTP, with its method, route and act, and no other', () => {
    const sources = readdirSync(new URL('functions/', root)).map((file) =>
      readFileSync(new URL(`functions/${file}`, root), 'utf8'),
    );
    const functions = listFunctions();
    expect(functions).toHaveLength(sources.join('').match(/app\.http\(/g)?.length ?? 0);
    const described = OPERATIONS.map(({ id, method, path, act }) => ({ id, method, path, act }));
    const byId = (a: { readonly id?: string | undefined }, b: typeof a) => String(a.id).localeCompare(String(b.id));
    expect(described.toSorted(byId)).toEqual(functions.toSorted(byId));
  });

  it('names no schema that it does not have, and has none that nothing names', () => {
    const { components } = JSON.parse(committed) as ApiDocument;
    const named = new Set([...committed.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    expect([...named].sort()).toEqual(Object.keys(components.schemas).sort());
  });

  it('tells of each call how it may be refused', () => {
    const { paths } = JSON.parse(committed) as ApiDocument;
    for (const methods of Object.values(paths))
      for (const { responses } of Object.values(methods))
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '503']));
  });
});

describe('what checks answers against it', () => {
  const { checkAnswer } = openChecker(JSON.parse(committed) as ApiDocument);
  const operation = (method: string, path: string) => {
    const found = findOperation(method, path);
    if (found === null) throw new Error('There is no such call.');
    return found;
  };
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
  const accepted = { collections: [{ id: 'c'.repeat(32), status: 'received', url: 'http://x/api/collections/c' }] };
  const follow = { location: 'http://x', 'retry-after': '15' };

  it('takes what fits', async () => {
    await checkAnswer(operation('POST', '/api/alerts'), answer(202, accepted, follow));
  });

  it.each<readonly [string, Response]>([
    ['a status that is not described', answer(201, accepted, follow)],
    ['a header that is missing', answer(202, accepted, { location: 'http://x' })],
    ['a body that is another', answer(202, { collections: [{ id: 'x' }] }, follow)],
    ['another media type', answer(202, accepted, { ...follow, 'content-type': 'text/plain' })],
    ['a problem with a code that is none', answer(422, { code: 'x' }, { 'content-type': 'application/problem+json' })],
  ])('refuses %s', async (_, given) => {
    await expect(checkAnswer(operation('POST', '/api/alerts'), given)).rejects.toThrow(/receive-alert answered/);
  });

  it('finds a call by its path', () => {
    expect(operation('GET', '/api/collections/a/evidence').operationId).toBe('list-evidence');
    expect(operation('GET', '/api/collections/a/evidence/data/b/c').operationId).toBe('get-evidence-item');
    expect(operation('GET', '/api/collections/a/custody').operationId).toBe('get-custody');
    expect(findOperation('DELETE', '/api/collections/a')).toBeNull();
  });
});
