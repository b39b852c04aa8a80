import * as z from 'zod';
import { type Alert, SEVERITIES } from './alert.ts';
import { type Machine, OPERATING_SYSTEMS } from './machine.ts';

/** Text conditions are compared without regard to case. */
const text = z.string().min(1).max(300);
const oneOrMore = <T extends z.ZodType>(value: T) => z.union([value, z.array(value).min(1)]);

const conditions = z.strictObject({
  operatingSystem: oneOrMore(z.enum(OPERATING_SYSTEMS)).optional(),
  severity: oneOrMore(z.enum(SEVERITIES)).optional(),
  category: oneOrMore(text).optional(),
  title: oneOrMore(text).optional(),
  detectionSource: oneOrMore(text).optional(),
  machineTag: oneOrMore(text).optional(),
  machineGroup: oneOrMore(text).optional(),
});

const archiveName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,40}$/, 'a lower-case file name such as evidence.tar.gz');

const runStep = z.strictObject({
  script: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a file name of the library: letters, digits, dot, dash, underscore'),
  archive: archiveName,
  limits: z.strictObject({
    bytes: z.int().min(1_048_576).max(3_221_225_472),
    seconds: z.int().min(30).max(570),
    files: z.int().min(0).max(500),
  }),
});

const sampleFile = z.strictObject({
  path: text.optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

const profileTest = z.strictObject({
  name: text,
  alert: z.strictObject({
    operatingSystem: z.enum(OPERATING_SYSTEMS).optional(),
    severity: z.enum(SEVERITIES).optional(),
    category: text.optional(),
    title: text.optional(),
    detectionSource: text.optional(),
    machineTags: z.array(text).optional(),
    machineGroup: text.optional(),
    files: z.array(sampleFile).optional(),
  }),
  expect: z.union([z.literal('no match'), z.strictObject({ commands: z.array(text).min(1) })]),
});

/** The shape of a profile's YAML: when it matches, and what to collect. */
export const profileSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'lower-case letters, digits and dashes'),
  title: text,
  description: z.string().min(1).max(2000),
  author: text,
  level: z.enum(['informational', 'low', 'medium', 'high', 'critical']),
  tags: z.array(text).default([]),
  order: z.int().min(0).max(100_000),
  when: conditions,
  collect: z.strictObject({ run: z.array(runStep).length(1) }),
  tests: z.array(profileTest).min(1),
});

/** A profile's content. */
export type ProfileContent = z.infer<typeof profileSchema>;

/** A profile with the SHA-256 of its file, hex. */
export interface Profile extends ProfileContent {
  readonly sha256: string;
}

/** Whether a profile matches, and if not, which condition was not met. */
export type Match = { readonly match: 'yes' } | { readonly match: 'no'; readonly because: string };

/** Compares a profile's conditions with an alert and its machine: a list is OR, the conditions are AND. */
export function matchProfile(profile: Profile, alert: Alert, machine: Machine): Match {
  const { when } = profile;
  const facts: readonly (readonly [keyof typeof when, string, readonly string[]])[] = [
    ['operatingSystem', 'operating system', machine.operatingSystem === null ? [] : [machine.operatingSystem]],
    ['severity', 'severity', [alert.severity]],
    ['category', 'category', [alert.category]],
    ['title', 'title', [alert.title]],
    ['detectionSource', 'detection source', [alert.detectionSource]],
    ['machineTag', 'machine tag', machine.tags],
    ['machineGroup', 'machine group', machine.group === null ? [] : [machine.group]],
  ];
  for (const [name, words, actual] of facts) {
    const wanted = when[name];
    if (wanted === undefined) continue;
    const accepted = (Array.isArray(wanted) ? wanted : [wanted]).map((value) => value.toLowerCase());
    if (!actual.some((value) => accepted.includes(value.toLowerCase()))) {
      return { match: 'no', because: `its ${words} must be ${accepted.join(' or ')}` };
    }
  }
  return { match: 'yes' };
}

/** The first profile by `order`, then by id, that matches; null when none does. */
export function chooseProfile(profiles: readonly Profile[], alert: Alert, machine: Machine): Profile | null {
  const inOrder = [...profiles].sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
  return inOrder.find((profile) => matchProfile(profile, alert, machine).match === 'yes') ?? null;
}
