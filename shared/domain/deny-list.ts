import * as z from 'zod';
import type { Machine } from './machine.ts';
import { matchMachine } from './match-conditions.ts';
import { cautionSchema } from './match-conditions-schema.ts';

const rule = z.strictObject({ title: z.string().min(1).max(100), when: cautionSchema });

/** The shape of deny.yaml: machines on which nothing is ever run, and machines that count as domain controllers. */
export const denyListSchema = z.strictObject({
  never: z.array(rule).max(200),
  domainControllers: z.array(rule).max(200),
});

/** On which machines nothing is run, or only what is meant for them. */
export type DenyList = z.infer<typeof denyListSchema>;

/** A list that denies nothing. */
export const NO_DENY_LIST: DenyList = { never: [], domainControllers: [] };

/** The title of the rule that denies a machine, null when none does. */
export function findDenial(list: DenyList, machine: Machine): string | null {
  return firstTitle(list.never, machine);
}

/** The title of the rule by which a machine counts as a domain controller, null when it does not. */
export function findDomainController(list: DenyList, machine: Machine): string | null {
  return firstTitle(list.domainControllers, machine);
}

function firstTitle(rules: DenyList['never'], machine: Machine): string | null {
  return rules.find(({ when }) => matchMachine(when, machine).match === 'yes')?.title ?? null;
}
