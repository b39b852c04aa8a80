import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../shared/doors/operations.ts';
import { PERMISSIONS } from '../../shared/defender/permissions.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const main = read('infra/main.bicep');
const playbooks = read('infra/playbooks.bicep');
const doctor = readdirSync(new URL('local/doctor/', root), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => read(`local/doctor/${file}`))
  .join('\n');

const PAGES = ['README.md', 'infra/README.md', 'library/README.md'].concat(
  readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
);

/** Names in capitals that are those of others, or of a test. */
const FOREIGN = new Set(['AZURE_RESOURCE_GROUP', 'RESULT_GIB']);
const settings = new Set(
  [read('shared/settings.ts'), read('shared/read-identity.ts'), main, read('infra/main.parameters.json'), doctor]
    .join('\n')
    .match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? [],
);
const parameters = new Set([...`${main}\n${playbooks}`.matchAll(/^param (\w+)/gm)].map(([, name]) => String(name)));
const outputs = new Set([...main.matchAll(/^output (\w+)/gm)].map(([, name]) => String(name)));
const roles = new Set(Object.values(PERMISSIONS).flat().map(String));

/** Names on a page that nothing bears. */
function findFaults(text: string): readonly string[] {
  const matches = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);
  const routes = [...text.matchAll(/\b(GET|POST) \/api\/([\w{}<>/.-]+)/g)].map(
    ([, method = '', path = '']) => `${method} /${path.replace(/\.$/, '').replaceAll(/<[^>]+>/g, '{id}')}`,
  );
  const known = new Set(
    OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{id}')}`),
  );
  return [
    ...matches(/\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g)
      .filter((name) => !settings.has(name) && !FOREIGN.has(name))
      .map((name) => `no setting ${name}`),
    ...routes.filter((route) => !known.has(route.replaceAll(/\{\w+\}/g, '{id}'))).map((route) => `no call ${route}`),
    ...matches(/(?<![\w/.<-])((?:shared|functions|local|infra|docs|test|bench|library|profiles)\/[\w./-]*\w\.\w+)/g)
      .filter((path) => !existsSync(new URL(path, root)))
      .map((path) => `no file ${path}`),
    ...matches(/(?:\$\(|`)get (\w+)/g)
      .filter((name) => name !== '' && !outputs.has(name))
      .map((name) => `no output ${name}`),
    ...matches(/\b((?:Machine|Alert|File|Library)\.[A-Z]\w+(?:\.All)?)\b/g)
      .filter((name) => !roles.has(name) && name !== 'Machine.Read.All')
      .map((name) => `no permission ${name}`),
  ];
}

/** The headings of a page, without their marks. */
function headings(page: string): readonly string[] {
  return [...read(page).matchAll(/^#{2,3} (.+)$/gm)].map(([, heading]) => String(heading).replaceAll('`', ''));
}

/** Where texts of the product and of its manual send their readers, such as `deploy.md, step 6` or `operate.md, The doctor`. */
function findLost(text: string): readonly string[] {
  return [...text.matchAll(/\b(deploy|operate)\.md, (?:step (\d+)|([A-Z][\w ]+?)(?=[.,;)`'\n:]| says))/g)].flatMap(
    ([whole, page, step, section]) => {
      const found = headings(`docs/${page}.md`).some((heading) =>
        step === undefined ? heading === section : heading.startsWith(`${step}. `),
      );
      return found ? [] : [whole];
    },
  );
}

describe('names in the manual', () => {
  it.each(PAGES)('%s names only settings, calls, files, outputs and permissions that there are', (page) => {
    expect(findFaults(read(page))).toEqual([]);
  });

  it.each([...PAGES, 'local/doctor'])('%s sends its readers only to sections that there are', (page) => {
    expect(findLost(page === 'local/doctor' ? doctor : read(page))).toEqual([]);
  });

  it('are found wrong when they are', () => {
    const wrong =
      'Set `DEFENDER_CLOUDS`, `POST /api/stop`, look into shared/domain/transit.ts, "$(get appUri)", Machine.LiveResponses';
    expect(findFaults(wrong)).toEqual([
      'no setting DEFENDER_CLOUDS',
      'no call POST /stop',
      'no file shared/domain/transit.ts',
      'no output appUri',
      'no permission Machine.LiveResponses',
    ]);
    expect(findLost('(deploy.md, step 11) and operate.md, Everything.')).toEqual([
      'deploy.md, step 11',
      'operate.md, Everything',
    ]);
  });
});

describe('deploy.md', () => {
  const text = read('docs/deploy.md');

  it('has ten steps, each with how to see that it worked and how to undo it', () => {
    const steps = text.split(/^## (?=\d+\. )/m).slice(1);
    expect(steps.map((step) => Number.parseInt(step, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const step of steps) {
      expect(step).toMatch(/\bWorked[:,]/);
      expect(step).toMatch(/\bUndo:/);
    }
  });

  it('names only parameters of the templates', () => {
    const table = [...text.matchAll(/^\|[^|]*\|[^|]*\| `(\w+)`(?:, `(\w+)`)?/gm)].flatMap(([, ...names]) => names);
    const given = [...text.matchAll(/(?:--parameters |^ {2}--parameters )([^\n@]+)/gm)].flatMap(([, line = '']) =>
      [...line.matchAll(/(?:^| )(\w+)=/g)].map(([, name]) => name),
    );
    const named = [...table, ...given].filter((name) => name !== undefined && name !== 'parameter');
    expect(named.length).toBeGreaterThan(12);
    expect(named.filter((name) => !parameters.has(String(name)))).toEqual([]);
  });

  it('begins with a file of parameters that has the defaults of the template, and each that a step sets', () => {
    const sample = (
      JSON.parse(read('infra/sample.parameters.json')) as { parameters: Record<string, { value: unknown }> }
    ).parameters;
    for (const [name, { value }] of Object.entries(sample)) {
      const written = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
      expect(main).toMatch(new RegExp(`^param ${name} \\w+ = ${written}$`, 'm'));
    }
    const set = [...text.matchAll(/(?:[Ss]et|,) `(\w+)` (?:to|in|has to be) /g)].map(([, name]) => String(name));
    expect(set).toEqual(expect.arrayContaining(['apiClientId', 'subscribe', 'mode', 'commentOnAlert']));
    const table = [...text.matchAll(/^\|[^|]*\|[^|]*\| `(\w+)`(?:, `(\w+)`)?/gm)].flatMap(([, ...names]) => names);
    for (const name of [...set, ...table]) if (name !== undefined) expect(Object.keys(sample)).toContain(name);
  });

  it('makes a registration whose clients name a permission that it has', () => {
    const access = JSON.parse(read('infra/api-access.json')) as {
      api: { requestedAccessTokenVersion: number; oauth2PermissionScopes: { id: string }[] };
    };
    const clients = JSON.parse(read('infra/api-clients.json')) as {
      api: { preAuthorizedApplications: { delegatedPermissionIds: string[] }[] };
    };
    // The platform is told the issuer of version 2.
    expect(access.api.requestedAccessTokenVersion).toBe(2);
    expect(read('infra/modules/function-app.bicep')).toMatch(/openIdIssuer: '.*\/v2\.0'/);
    expect(clients.api.preAuthorizedApplications.flatMap((client) => client.delegatedPermissionIds)).toEqual(
      access.api.oauth2PermissionScopes.map(({ id }) => id),
    );
    expect(text.indexOf('api-access.json')).toBeLessThan(text.indexOf('api-clients.json'));
  });
});
