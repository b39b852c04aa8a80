import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const main = read('infra/main.bicep');

const script = z.strictObject({ shell: z.enum(['sh', 'pwsh']), run: z.string() });
const hook = z.strictObject({ posix: script, windows: script });
/** The members of azure.yaml that are used here (azd: azure.yaml schema). */
const schema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/),
  infra: z.strictObject({ provider: z.literal('bicep'), path: z.literal('infra'), module: z.literal('main') }),
  services: z.strictObject({
    collector: z.strictObject({
      project: z.literal('.'),
      language: z.literal('ts'),
      host: z.literal('function'),
      resourceName: z.string(),
      dist: z.string(),
      remoteBuild: z.literal(false),
      hooks: z.strictObject({ prepackage: hook }),
    }),
  }),
  hooks: z.strictObject({ postdeploy: hook }),
});

const azd = schema.parse(parse(read('azure.yaml')));
const { collector } = azd.services;
const outputs = [...main.matchAll(/^output (\w+) /gm)].map(([, name]) => String(name));

describe('azure.yaml', () => {
  it('names only outputs of the template, and what azd sets itself', () => {
    const { posix, windows } = azd.hooks.postdeploy;
    const text = `${collector.resourceName} ${posix.run} ${windows.run}`;
    const names = [...text.matchAll(/\$(?:env:|\{)?(\w+)/g)].map(([, name]) => String(name));
    expect(new Set(names)).toEqual(new Set(['functionAppName', 'AZURE_RESOURCE_GROUP', 'ticketTopicName']));
    for (const name of names) expect([...outputs, 'AZURE_RESOURCE_GROUP']).toContain(name);
  });

  it('deploys what the manual packs, from a folder that git ignores', () => {
    const [, packed = ''] = /zip -qr app\.zip (.+)$/m.exec(read('docs/deploy.md')) ?? [];
    const names = packed.trim().split(' ');
    expect(names).toContain('host.json');
    const { posix, windows } = collector.hooks.prepackage;
    expect(posix.run).toContain(`cp -R ${names.join(' ')} ${collector.dist}/`);
    expect(windows.run).toContain(`Copy-Item -Recurse ${names.join(', ')} ${collector.dist}`);
    expect(read('.gitignore').split('\n')).toContain(`${collector.dist.split('/')[0]}/`);
  });

  it('calls scripts that there are', () => {
    const { posix, windows } = azd.hooks.postdeploy;
    for (const run of [posix.run, windows.run]) {
      const path = /infra\/[\w-]+\.(?:sh|ps1)/.exec(run)?.[0] ?? '';
      expect(read(path)).toContain('copy-result');
    }
  });
});

describe('main.parameters.json', () => {
  const parameters = z
    .object({ parameters: z.record(z.string(), z.strictObject({ value: z.string() })) })
    .parse(JSON.parse(read('infra/main.parameters.json'))).parameters;

  it.each(Object.entries(parameters))('%s is a parameter of the template, with its default', (name, { value }) => {
    const [, variable, standard = ''] = /^\$\{(AZURE_LOCATION|COLLECTOR_[A-Z_]+)(?:=(.+))?\}$/.exec(value) ?? [];
    expect(variable).toBeDefined();
    const given = new RegExp(`^param ${name} string = (.+)$`, 'm').exec(main)?.[1];
    expect(given).toBe(name === 'location' ? 'resourceGroup().location' : `'${standard}'`);
  });
});
