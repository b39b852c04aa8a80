import { type Alert, type RelatedFile, rankSeverity, readSeverity } from './alert.ts';
import type { Machine } from './machine.ts';
import type { Conditions, ConditionValue, ValueConditions } from './match-conditions-schema.ts';
import { compilePattern } from './match-pattern.ts';

/** Whether conditions are met, and if not, which one is not. */
export type Match = { readonly match: 'yes' } | { readonly match: 'no'; readonly because: string };

type Facts = Readonly<Record<string, readonly (string | number)[]>>;

/** How the fields are called in sentences. */
const WORDS: Readonly<Record<string, string>> = {
  operatingSystem: 'operating system',
  osPlatform: 'platform',
  detectionSource: 'detection source',
  machineId: 'machine id',
  machineTag: 'machine tag',
  machineGroup: 'machine group',
  machineName: 'machine name',
};

const VERBS: Readonly<Record<string, string>> = {
  '': 'be',
  contains: 'contain',
  startswith: 'start with',
  endswith: 'end with',
  re: 'match',
  lt: 'be under',
  gt: 'be over',
};

/** The alternatives of `when`: it may be one map of conditions, or a list of them. */
export function listAlternatives(when: Conditions | readonly Conditions[]): readonly Conditions[] {
  return Array.isArray(when) ? (when as readonly Conditions[]) : [when as Conditions];
}

/** Compares what `when` says with an alert and its machine: a list is OR, a map is AND; without regard to case. */
export function matchWhen(when: Conditions | readonly Conditions[], alert: Alert, machine: Machine): Match {
  const unmet: string[] = [];
  for (const conditions of listAlternatives(when)) {
    const matched = matchConditions(conditions, alert, machine);
    if (matched.match === 'yes') return matched;
    if (!unmet.includes(matched.because)) unmet.push(matched.because);
  }
  return { match: 'no', because: unmet.join(', or ') };
}

function matchConditions(conditions: Conditions, alert: Alert, machine: Machine): Match {
  const facts: Facts = {
    ...describeMachine(machine),
    severity: [alert.severity],
    category: [alert.category],
    title: [alert.title],
    detectionSource: [alert.detectionSource],
  };
  for (const [key, value] of Object.entries(conditions)) {
    const unmet = isFileCondition(key, value)
      ? matchFiles(key, value, alert.files)
      : matchValue(key, value as ConditionValue, facts);
    if (unmet !== null) return { match: 'no', because: unmet };
  }
  return { match: 'yes' };
}

/** Compares conditions on a machine alone. */
export function matchMachine(conditions: ValueConditions, machine: Machine): Match {
  const because = firstUnmet(conditions, describeMachine(machine));
  return because === null ? { match: 'yes' } : { match: 'no', because };
}

function describeMachine(machine: Machine): Facts {
  return {
    operatingSystem: machine.operatingSystem === null ? [] : [machine.operatingSystem],
    osPlatform: [machine.osPlatform],
    machineId: [machine.id],
    machineName: machine.name === null ? [] : [machine.name],
    machineTag: machine.tags,
    machineGroup: machine.group === null ? [] : [machine.group],
  };
}

function describeFile(file: RelatedFile): Facts {
  const given = (value: string | number | null | undefined) => (value === null || value === undefined ? [] : [value]);
  return {
    path: given(file.path),
    name: given(file.path?.split(file.path.startsWith('/') ? '/' : /[\\/]/).at(-1)),
    sha256: given(file.sha256),
    sha1: given(file.sha1),
    signer: given(file.signer),
    publisher: given(file.publisher),
    size: given(file.sizeBytes),
  };
}

function isFileCondition(
  key: string,
  value: Conditions[string],
): value is ValueConditions | readonly ValueConditions[] {
  return typeof value === 'object' && (key === 'file' || key === 'file|not');
}

function matchFiles(
  key: string,
  wanted: ValueConditions | readonly ValueConditions[],
  files: readonly RelatedFile[],
): string | null {
  const kinds = Array.isArray(wanted) ? (wanted as readonly ValueConditions[]) : [wanted as ValueConditions];
  const isThere = kinds.some((kind) => {
    const tests = Object.entries(kind).map(([field, value]) => readCondition(field, value));
    return files.some((file) => {
      const facts = describeFile(file);
      return tests.every((test) => test.isMet(facts));
    });
  });
  const isNegated = key === 'file|not';
  if (isThere !== isNegated) return null;
  const described = kinds.map((kind) => Object.entries(kind).map(([field, value]) => readCondition(field, value).rule));
  const rules = described.map((rules) => `its ${rules.join(' and its ')}`).join(', or ');
  return isNegated
    ? `the alert must not name a file for which ${rules}`
    : `the alert must name a file for which ${rules}`;
}

function firstUnmet(conditions: ValueConditions, facts: Facts): string | null {
  for (const [key, value] of Object.entries(conditions)) {
    const unmet = matchValue(key, value, facts);
    if (unmet !== null) return unmet;
  }
  return null;
}

function matchValue(key: string, value: ConditionValue, facts: Facts): string | null {
  const condition = readCondition(key, value);
  return condition.isMet(facts) ? null : `its ${condition.rule}`;
}

interface Condition {
  readonly rule: string;
  readonly isMet: (facts: Facts) => boolean;
}

/** Reads `field`, `field|modifier`, `field|not` or `field|modifier|not`, and makes its values ready once. */
function readCondition(key: string, value: ConditionValue): Condition {
  const [field = '', ...modifiers] = key.split('|');
  const isNegated = modifiers.at(-1) === 'not';
  const modifier = (isNegated ? modifiers.slice(0, -1) : modifiers)[0] ?? '';
  const wanted = typeof value === 'object' ? value : [value];
  const tests = wanted.map((one) => readTest(field, modifier, one));
  const verb = VERBS[modifier] ?? modifier;
  return {
    rule: `${WORDS[field] ?? field} must ${isNegated ? 'not ' : ''}${verb} ${wanted.join(' or ')}`,
    isMet: (facts) => (facts[field] ?? []).some((fact) => tests.some((test) => test(fact))) !== isNegated,
  };
}

function readTest(field: string, modifier: string, wanted: string | number): (fact: string | number) => boolean {
  if (modifier === 'lt') return (fact) => order(field, fact) < order(field, wanted);
  if (modifier === 'gt') return (fact) => order(field, fact) > order(field, wanted);
  if (modifier === 're') return testPattern(String(wanted));
  const low = String(wanted).toLowerCase();
  const compare = (test: (fact: string) => boolean) => (fact: string | number) => test(String(fact).toLowerCase());
  switch (modifier) {
    case '':
      return compare((fact) => fact === low);
    case 'contains':
      return compare((fact) => fact.includes(low));
    case 'startswith':
      return compare((fact) => fact.startsWith(low));
    case 'endswith':
      return compare((fact) => fact.endsWith(low));
    default:
      throw new Error(`Unknown modifier ${modifier}.`);
  }
}

function testPattern(pattern: string): (fact: string | number) => boolean {
  const compiled = compilePattern(pattern);
  if (compiled.outcome === 'fault') throw new Error(`The pattern ${pattern} cannot be used: ${compiled.why}.`);
  return (fact) => compiled.test(String(fact)) === 'found';
}

function order(field: string, value: string | number): number {
  return field === 'severity' ? rankSeverity(readSeverity(String(value))) : Number(value);
}
