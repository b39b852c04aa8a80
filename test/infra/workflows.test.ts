import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const files = ['ci', 'release'].map((name) => ({ name, text: read(`.github/workflows/${name}.yml`) }));
const scripts = Object.keys(
  z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json'))).scripts,
);

const step = z.object({ uses: z.string().optional(), run: z.string().optional() });
const schema = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      'timeout-minutes': z.number(),
      permissions: z.record(z.string(), z.string()).optional(),
      steps: z.array(step),
    }),
  ),
});

const PINNED = /^( +)- uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

function findLoose(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.includes('uses:') && !PINNED.test(line));
}

/** Commands of a workflow that are npm's, as far as their script. */
function npmScripts(text: string): readonly string[] {
  return [...text.matchAll(/\bnpm (?:run )?(?:--silent )?([\w:-]+)/g)].map(([, name]) => String(name));
}

describe.each(files)('the workflow $name', ({ text }) => {
  const workflow = schema.parse(parse(text));

  it('names each action by its commit, with the version beside it', () => {
    expect(findLoose(text)).toEqual([]);
    expect(findLoose(text.replace(/@[0-9a-f]{40} # v/, '@v'))).toHaveLength(1);
  });

  it('may write nothing, but where a job says so', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const writes = Object.entries(workflow.jobs).filter(([, job]) => job.permissions !== undefined);
    expect(writes.map(([name]) => name)).toEqual(workflow.jobs['release'] === undefined ? [] : ['release']);
    expect(text).not.toMatch(/pull_request_target|secrets\./);
  });

  it('runs scripts of package.json', () => {
    const names = npmScripts(text).filter((name) => !['ci', 'sbom'].includes(name));
    expect(names).toEqual(expect.arrayContaining(['check', 'test', 'test:long']));
    expect(names.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it('splices nothing that others write into a command', () => {
    const runs = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(runs.length).toBeGreaterThan(3);
    for (const run of runs) expect(run).not.toContain('${{');
  });
});

describe('a release', () => {
  const text = files.find(({ name }) => name === 'release')?.text ?? '';

  it('packs what the manual packs', () => {
    const [, packed = ''] = /zip -qr app\.zip (.+)$/m.exec(read('docs/deploy.md')) ?? [];
    expect(packed).toContain('dist');
    expect(text).toContain(`zip -qr release/app.zip ${packed}\n`);
  });

  it('attests and publishes all that it makes', () => {
    const made = [...text.matchAll(/(?:>|--outfile |-qr )release\/([\w.]+)/g)].map(([, name]) => String(name));
    expect(made).toEqual(['app.zip', 'sbom.cdx.json', 'main.json', 'playbooks.json']);
    expect(text).toContain('subject-path: release/*');
    expect(text).toContain('gh release create "$GITHUB_REF_NAME" release/*');
  });
});

it('a change to a template passes the compiler, whose warnings of types are faults', () => {
  const text = files.find(({ name }) => name === 'ci')?.text ?? '';
  const [, listed = ''] = /for template in (.+); do/.exec(text) ?? [];
  expect(listed.split(' ').sort()).toEqual(['infra/main.bicep', 'infra/playbooks.bicep']);
  const [, pattern = ''] = /grep -E '([^']+)' found\.txt/.exec(text) ?? [];
  const warning = (code: string) => `/x/infra/main.bicep(12,3) : Warning ${code}: The property "tlz" is not allowed.`;
  expect(new RegExp(pattern).test(warning('BCP037'))).toBe(true);
  expect(new RegExp(pattern).test(warning('use-recent-api-versions'))).toBe(false);
});

it('both workflows mean the same commit by the same action', () => {
  const uses = files.flatMap(({ text }) => [...text.matchAll(/uses: ([\w/-]+)@(.+)$/gm)]);
  const commits = new Map(uses.map(([, action, commit]) => [action, commit]));
  expect(commits.size).toBe(3);
  for (const [, action, commit] of uses) expect(commits.get(action)).toBe(commit);
});
