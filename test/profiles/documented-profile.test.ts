import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readProfile } from '../../shared/content/read-profiles.ts';
import { planSample } from './plan-sample.ts';
import { denyList, namedScripts } from './all-profiles.ts';

const page = await readFile(new URL('../../docs/profiles.md', import.meta.url), 'utf8');
const [example = '', wrapper = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');

describe('docs/profiles.md', () => {
  it('shows a profile that can be used, whose tests pass', () => {
    const read = readProfile('linux-web-shell.yaml', example);
    if (read.outcome === 'faulty') throw new Error(read.faults.join('\n'));
    for (const { alert, expect: expected } of read.profile.tests) {
      const planned = planSample(alert, { profiles: [read.profile], denyList, scripts: namedScripts });
      expect(planned.commands).toEqual(expected === 'no match' ? [] : expected.commands);
    }
  });

  it('shows a wrapper that can be used', () => {
    const text = example.replace(
      /collect:[\s\S]*?\nlimits:/,
      `${wrapper.replaceAll('<64 hex digits>', 'a'.repeat(64))}limits:`,
    );
    expect(readProfile('linux-web-shell.yaml', text)).toMatchObject({ outcome: 'profile' });
  });
});
