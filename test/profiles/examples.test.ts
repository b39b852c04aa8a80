import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readProfile } from '../../shared/content/read-profiles.ts';
import { makePlan } from '../../shared/domain/make-plan.ts';
import type { Command } from '../../shared/domain/command.ts';
import { findFaults } from '../library/powershell-rules.ts';
import * as samples from '../memory/samples.ts';
import { denyList } from './all-profiles.ts';
import { planSample, reviewedScripts } from './plan-sample.ts';

const folder = new URL('../../profiles/examples/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const profiles = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const toolSum = 'd'.repeat(64);
const collectionId = '0123456789abcdef0123456789abcdef';

/** An example as somebody fills it in: each place that is named in angle brackets has a hash. */
function fillIn(name: string) {
  const filled = readProfile(name, read(name).replaceAll(/<SHA-256 of [^>]*>/g, toolSum));
  if (filled.outcome === 'faulty') throw new Error(filled.faults.join('\n'));
  return filled.profile;
}

function planOn(name: string, operatingSystem: 'windows' | 'linux' | 'macos') {
  const planning = makePlan({
    collectionId,
    alert: { ...samples.alert, severity: 'High' },
    machine: { ...samples.machine, operatingSystem },
    now: '2026-11-21T00:00:00.000Z',
    profiles: [fillIn(name)],
    denyList,
    scripts: reviewedScripts,
  });
  if (planning.planning === 'none') throw new Error('Nothing was planned.');
  return planning.plan;
}

const inWords = (command: Command) =>
  command.type === 'RunScript'
    ? `${command.scriptName} ${command.args}`
    : command.type === 'GetFile'
      ? command.path
      : command.fileName;

describe.each(profiles)('the example %s', (name) => {
  it('cannot be used until somebody fills in what it pins, and says where', () => {
    const unfilled = readProfile(name, read(name));
    expect(unfilled).toMatchObject({
      outcome: 'faulty',
      faults: expect.arrayContaining([expect.stringMatching(/^[a-z-]+\.yaml:\d+:\d+: .*SHA-256 as 64 hex digits/)]),
    });
  });

  it('filled in, passes its own tests', () => {
    const profile = fillIn(name);
    for (const { alert, expect: expected } of profile.tests) {
      const planned = planSample(alert, { profiles: [profile], denyList, scripts: reviewedScripts });
      expect(planned).toEqual(
        expected === 'no match'
          ? { profile: null, commands: [] }
          : { profile: profile.id, commands: expected.commands },
      );
    }
  });

  it('tells editors in its first line by which schema it is checked', () => {
    expect(read(name).split('\n')[0]).toBe('# yaml-language-server: $schema=../profile.schema.json');
  });
});

describe('UAC is', () => {
  it.each(['linux', 'macos'] as const)('started in one session and fetched in the next, on %s', (operatingSystem) => {
    const plan = planOn('linux-uac.yaml', operatingSystem);
    expect(plan.sessions.map((session) => session.commands.map(inWords))).toEqual([
      [`uac-collector.sh start ${collectionId} ir_triage`],
      [`uac-collector.sh fetch ${collectionId}`, `/var/tmp/evidence-collector-${collectionId}-999/evidence.tar.gz`],
    ]);
    expect(plan.sessions[1]?.delayMs).toBe(60 * 60_000);
    expect(plan.scripts).toEqual([{ name: 'uac-collector.sh', sha256: toolSum }]);
  });
});

describe('Velociraptor is', () => {
  const wrapper = read('run-velociraptor.ps1');

  it('put, run by its wrapper and fetched, both pinned', () => {
    const plan = planOn('windows-velociraptor.yaml', 'windows');
    expect(plan.sessions.map((session) => session.commands.map(inWords))).toEqual([
      [
        'velociraptor-collector.exe',
        `run-velociraptor.ps1 -Collection ${collectionId} -Sha256 ${toolSum}`,
        `C:\\Windows\\Temp\\evidence-collector-${collectionId}-999\\evidence.zip`,
      ],
    ]);
    expect(plan.scripts).toEqual([
      { name: 'velociraptor-collector.exe', sha256: toolSum },
      { name: 'run-velociraptor.ps1', sha256: createHash('sha256').update(wrapper).digest('hex') },
    ]);
  });

  it('run by a wrapper that keeps the rules of the library', () => {
    expect(findFaults(wrapper)).toEqual([]);
    expect(wrapper).toMatch(/^[\n -~]*$/);
  });
});
