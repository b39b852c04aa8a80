import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Command, type Node, nodesOf, parsePowerShell, readCommands, readFunctions } from './powershell-tree.ts';

const folder = resolve(import.meta.dirname, '../../library/windows');
const trees = new Map<string, Node>();

/** The tree of a script; parsing takes a second, so each is parsed once. */
function parse(name: string): Node {
  const known = trees.get(name);
  if (known !== undefined) return known;
  const root = parsePowerShell(readFileSync(resolve(folder, `evidence-${name}.ps1`), 'utf8'));
  trees.set(name, root);
  return root;
}

function readFunction(root: Node, name: string): Node {
  const found = readFunctions(root).find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no function ${name}`);
  return found.node;
}

const namesOf = (commands: Command[]) => [...new Set(commands.map((command) => command.name))].toSorted();

test.each([
  { script: 'triage', programs: ['powershell.exe', 'wevtutil.exe'] },
  { script: 'alerted-files', programs: ['MpCmdRun.exe', 'powershell.exe'] },
  { script: 'process-memory', programs: ['lsaiso.exe', 'lsass.exe', 'powershell.exe'] },
  { script: 'harvest', programs: [] },
])('$script names no programs but $programs', ({ script, programs }) => {
  const literals = nodesOf(parse(script), 'string_literal').map((literal) => literal.text);
  const named = literals.flatMap((literal) => literal.match(/[\w.-]+\.(exe|com|bat|cmd|vbs|msi)\b/gi) ?? []);
  expect([...new Set(named)].toSorted()).toEqual(programs);
});

test('triage says of each category of its own that was not found that it was looked for, after all else', () => {
  const root = parse('triage');
  const own = [...'script|alert file|option|ransom note|encrypted sample'.split('|')];
  const named = readCommands(root).flatMap((command) => /-Category '([^']+)'/.exec(command.node.text)?.[1] ?? []);
  const missing = readFunction(root, 'Add-MissingCategories');
  const promised = /foreach \(\$promised in @\(([^)]*)\)/.exec(missing.text)?.[1] ?? '';
  expect([...promised.matchAll(/'([^']+)'/g)].map(([, category]) => category).toSorted()).toEqual(
    [...new Set(named)].filter((category) => !own.includes(category)).toSorted(),
  );
  expect(readCommands(readFunction(root, 'Invoke-Collection')).at(-1)?.name).toBe('Add-MissingCategories');
});

describe('what changes a machine', () => {
  const root = parse('alerted-files');

  test('an exclusion is removed whatever happens after it was asked for', () => {
    const tries = nodesOf(root, 'try_statement').filter((one) => readCommands(one).some(isNamed('Add-Exclusion')));
    const all = readCommands(root).filter(isNamed('Add-Exclusion'));
    expect(all).toHaveLength(1);
    expect(tries).toHaveLength(1);
    const last = tries.flatMap((one) => one.children).findLast((child) => child.type === 'finally_clause');
    expect(last === undefined ? [] : namesOf(readCommands(last))).toContain('Remove-Exclusions');
  });

  test('an exclusion that a run left is removed before anything else is done', () => {
    const collection = readFunction(root, 'Invoke-Collection');
    expect(readCommands(collection).filter((command) => command.name !== 'Invoke-Part')[0]?.name).toBe(
      'Remove-Exclusions',
    );
  });

  test('a file is restored only when the option asks for it', () => {
    const branches = nodesOf(readFunction(root, 'Save-AlertedFile'), 'elseif_clause', 'if_statement');
    const restoring = branches.filter((branch) => readCommands(branch).some(isNamed('Save-Restored')));
    expect(restoring.at(-1)?.text).toMatch(/^elseif \(\$isQuarantined -and \(Test-Option -Word 'restore-quarantine'\)/);
  });
});

describe('what is never taken', () => {
  test('stores of secrets are listed and not opened', () => {
    const commands = readCommands(readFunction(parse('triage'), 'Save-SecretStores'));
    expect(namesOf(commands)).toEqual([
      'Find-Files',
      'Get-DataFolders',
      'Get-FileFacts',
      'Get-ProfileFolders',
      'Save-Objects',
    ]);
  });

  test('hives with password hashes are not written', () => {
    const hives = readCommands(parse('triage')).filter(isNamed('Save-Hive'));
    expect(hives.map((hive) => /-KeyPath (\S+)/.exec(hive.node.text)?.[1])).toEqual([
      '$user',
      '($user',
      "'SYSTEM'",
      "'SOFTWARE'",
    ]);
  });

  test('no process is dumped before it was asked whether it may be', () => {
    const root = parse('process-memory');
    const order = readCommands(readFunction(root, 'Save-Memory')).map((command) => command.name);
    expect(readCommands(root).filter(isNamed('Save-Dump'))).toHaveLength(1);
    expect(readCommands(root).filter(isNamed('Write-Dump'))).toHaveLength(1);
    expect(order.indexOf('Get-Refused')).toBeGreaterThan(-1);
    expect(order.indexOf('Save-Dump')).toBeGreaterThan(order.indexOf('Get-Refused'));
    expect(readFunction(root, 'Save-Memory').text).toMatch(
      /if \(\$refused -cne ''\) \{[^{}]*\{[^{}]*\}[^{}]*continue\s*\}/,
    );
  });
});

test('a harvest refuses an archive that is not of the length and hash that the work reported', () => {
  const reading = readFunction(parse('harvest'), 'Read-Archive');
  const conditions = nodesOf(reading, 'if_statement').filter((one) =>
    readCommands(one).some(isNamed('Stop-WithReason')),
  );
  const compared = conditions.map((one) => one.text.split('{')[0]).join(' ');
  expect(compared).toContain('$Answered.archive.bytes');
  expect(compared).toContain('$Answered.archive.sha256');
});

function isNamed(name: string): (command: Command) => boolean {
  return (command) => command.name === name;
}
