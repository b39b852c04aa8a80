import { createHash } from 'node:crypto';
import type { Profile } from '../../shared/domain/profile.ts';
import { NO_DENY_LIST } from '../../shared/domain/deny-list.ts';
import type { ContentPort, ReviewedScript } from '../../shared/pipeline/ports.ts';

const limits = { bytes: 52_428_800, seconds: 300, files: 40 };

function makeProfile(system: 'linux' | 'windows', scripts: readonly string[]): Profile {
  return {
    id: `${system}-triage`,
    title: `${system} triage`,
    description: 'What a triage takes.',
    author: 'A test',
    level: 'medium',
    tags: [],
    order: 9000,
    when: { operatingSystem: system },
    collect: { run: scripts.map((script, index) => ({ script, archive: `evidence-${index}.tar.gz`, limits })) },
    tests: [],
    sha256: createHash('sha256').update(system).digest('hex'),
  };
}

function reviewScript(name: string): [string, ReviewedScript] {
  const text = `exit 0 # ${name}\n`;
  return [
    name,
    {
      name,
      content: new TextEncoder().encode(text),
      sha256: createHash('sha256').update(text).digest('hex'),
      description: 'd',
      parametersDescription: 'p',
    },
  ];
}

const profiles = [makeProfile('linux', ['triage.sh']), makeProfile('windows', ['first.ps1', 'second.ps1'])];
const scripts = new Map(['triage.sh', 'first.ps1', 'second.ps1'].map(reviewScript));

/** What to collect: on Linux one script and its archive, on Windows two, so that of a failed session something can be salvaged. */
export const content: ContentPort = {
  profiles: async () => profiles,
  denyList: async () => NO_DENY_LIST,
  scripts: async () => scripts,
};
