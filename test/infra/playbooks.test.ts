import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPlaybook } from './check-playbook.ts';

const root = new URL('../../', import.meta.url);
const folder = new URL('infra/playbooks/', root);
const playbooks = readdirSync(folder).map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));

/** The routes that the app registers for POST. */
const posts = readdirSync(new URL('functions/', root))
  .map((file) => readFileSync(new URL(`functions/${file}`, root), 'utf8'))
  .flatMap((code) => (code.includes("'POST'") ? [...code.matchAll(/route: '([^']+)'/g)] : []))
  .map(([, route]) => `/api/${route}`);

describe('the playbooks', () => {
  it.each(playbooks)('$file is a workflow whose expressions and references hold', ({ text }) => {
    expect(checkPlaybook(JSON.parse(text))).toEqual([]);
  });

  it.each(playbooks)('$file calls a route of the app, as its own identity, and follows 202', ({ text }) => {
    const { actions } = JSON.parse(text) as { actions: Record<string, Record<string, unknown>> };
    const calls = Object.values(actions).filter(({ type }) => type === 'Http');
    expect(calls).toHaveLength(1);
    const [call] = calls as {
      inputs: { uri: string; method: string; authentication: unknown };
      operationOptions?: string;
    }[];
    expect(call?.inputs.method).toBe('POST');
    expect(posts).toContain(call?.inputs.uri.replace("@{parameters('collectorUrl')}", ''));
    expect(call?.inputs.authentication).toEqual({
      type: 'ManagedServiceIdentity',
      audience: "@{parameters('collectorAudience')}",
    });
    expect(call?.operationOptions).toBeUndefined();
  });

  it.each(playbooks)('$file is deployed by playbooks.bicep', ({ file }) => {
    const bicep = readFileSync(new URL('infra/playbooks.bicep', root), 'utf8');
    expect(bicep).toContain(`loadJsonContent('playbooks/${file}')`);
  });

  it.each([
    ["parameters('collectorUrl')", "parameters('collectorUri')", "parameters('collectorUri') refers to nothing"],
    ["body('Rows')", "body('Row')", "body('Row') refers to nothing"],
    ["join(body('Rows'), '')", "join(body('Rows'), ''", 'The brackets or quotes do not match'],
    ["join(body('Rows'), '')", "joined(body('Rows'), '')", 'joined is no function that is known here'],
    ['@triggerBody()', '@triggerBody() and more', 'What follows is no part of the expression'],
    ['@union(', '@(', 'An expression cannot begin here'],
    ['"Rows": [', '"Lines": [', 'Tell runs after Lines, which does not exist beside it.'],
    ['"Collect": [', '"Tell": [', 'runs after itself'],
    ['"type": "Http"', '"type": "Https"', 'actions.Collect'],
    ['"contentVersion": "1.0.0.0"', '"contentVersion": "1"', 'contentVersion'],
  ])('with %s planted as %s are found wrong', (right, wrong, fault) => {
    const text = playbooks.find(({ file }) => file === 'incident.json')?.text ?? '';
    expect(text).toContain(right);
    expect(checkPlaybook(JSON.parse(text.replaceAll(right, wrong))).join('\n')).toContain(fault);
  });
});
