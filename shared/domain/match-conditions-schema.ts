import * as z from 'zod';
import { SEVERITIES } from './alert.ts';
import { OPERATING_SYSTEMS } from './machine.ts';
import { compilePattern } from './match-pattern.ts';

/** What a condition compares with: one value, or several of which one is enough. */
export type ConditionValue = string | number | readonly (string | number)[];

/** Conditions by `field`, `field|modifier` or either with `|not`; all of them hold. */
export type ValueConditions = Readonly<Record<string, ConditionValue>>;

/** What a profile's `when` says; `file` is about one and the same file, and of a list of those one is enough. */
export type Conditions = Readonly<Record<string, ConditionValue | ValueConditions | readonly ValueConditions[]>>;

const text = z.string().min(1).max(300);
const hash = (digits: number) =>
  z.string().regex(new RegExp(`^[0-9A-Fa-f]{${digits}}$`), `${digits} hex digits, in quotes`);
const pattern = text.superRefine((value, context) => {
  const compiled = compilePattern(value);
  if (compiled.outcome === 'fault')
    context.addIssue({ code: 'custom', message: `a regular expression that can be used; ${compiled.why}` });
});

const oneOrMore = <T extends z.ZodType>(value: T) => z.union([value, z.array(value).min(1).max(200)]);

type Shape = Record<string, z.ZodType>;

/** The keys of a field with each of its modifiers, also negated. */
function keysOf(
  field: string,
  modifiers: Readonly<Record<string, z.ZodType>>,
  mayBeNegated: 'negatable' | 'as it is',
): Shape {
  const shape: Shape = {};
  for (const [modifier, value] of Object.entries(modifiers)) {
    const key = modifier === '' ? field : `${field}|${modifier}`;
    shape[key] = oneOrMore(value).optional();
    if (mayBeNegated === 'negatable') shape[`${key}|not`] = oneOrMore(value).optional();
  }
  return shape;
}

const TEXT = { '': text, contains: text, startswith: text, endswith: text, re: pattern };
const SIZE = { '': z.int().min(0), lt: z.int().min(1), gt: z.int().min(0) };
const SEVERITY = { '': z.enum(SEVERITIES), lt: z.enum(SEVERITIES), gt: z.enum(SEVERITIES) };

const fileConditions = z
  .strictObject({
    ...keysOf('path', TEXT, 'negatable'),
    ...keysOf('name', TEXT, 'negatable'),
    ...keysOf('sha256', { '': hash(64) }, 'negatable'),
    ...keysOf('sha1', { '': hash(40) }, 'negatable'),
    ...keysOf('signer', TEXT, 'negatable'),
    ...keysOf('publisher', TEXT, 'negatable'),
    ...keysOf('size', SIZE, 'negatable'),
  })
  .refine((conditions) => Object.keys(conditions).length > 0, 'at least one condition on the file');

const machineId = z.string().regex(/^[0-9A-Fa-f]{40}$/, 'the id of a machine: 40 hex digits, in quotes');

const machineShape = (negation: 'negatable' | 'as it is'): Shape => ({
  ...keysOf('machineId', { '': machineId }, negation),
  ...keysOf('machineGroup', TEXT, negation),
  ...keysOf('machineTag', TEXT, negation),
  ...keysOf('machineName', TEXT, negation),
  ...keysOf('osPlatform', TEXT, negation),
  ...keysOf('operatingSystem', { '': z.enum(OPERATING_SYSTEMS) }, negation),
});

/** The shape of `when`. */
export const conditionsSchema = z.strictObject({
  ...machineShape('negatable'),
  ...keysOf('severity', SEVERITY, 'negatable'),
  ...keysOf('category', TEXT, 'negatable'),
  ...keysOf('title', TEXT, 'negatable'),
  ...keysOf('detectionSource', TEXT, 'negatable'),
  file: oneOrMore(fileConditions).optional(),
  'file|not': oneOrMore(fileConditions).optional(),
}) as unknown as z.ZodType<Conditions>;

/** The shape of conditions on a machine alone; none can be negated, so that no tag that a machine sets lifts a denial. */
export const cautionSchema = z
  .strictObject(machineShape('as it is'))
  .refine(
    (conditions) => Object.keys(conditions).length > 0,
    'at least one condition on the machine',
  ) as unknown as z.ZodType<ValueConditions>;
