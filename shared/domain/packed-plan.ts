import * as z from 'zod';
import type { Alert, RelatedFile } from './alert.ts';
import type { Machine } from './machine.ts';
import type { NotRequested } from './explain-plan.ts';
import type { Plan } from './plan.ts';
import { tellConditions } from './tell-conditions.ts';

/** Words of Defender's are short; what is longer is whole in alert.json and machine.json. */
const MAX_WORD_CHARACTERS = 300;

const text = z.string().nullish().catch(null);

const fileSchema = z.object({
  path: text,
  sha1: text,
  sha256: text,
  md5: text,
  sizeBytes: z.number().nonnegative().nullish().catch(null),
});

const packedSchema = z.object({
  why: z.array(z.string()).catch([]),
  alert: z.object({ category: text, detectionSource: text, createdAt: text }).nullish().catch(null),
  machine: z.object({ osPlatform: text }).nullish().catch(null),
  relatedFiles: z.array(fileSchema).catch([]),
});

/** What plan.json of a package says besides the plan: what it was made of, and why. */
export interface PackedBasis {
  /** The conditions of the profile that matched, in words. */
  readonly why: readonly string[];
  readonly category: string | null;
  readonly detectionSource: string | null;
  /** When Defender raised the alert, by Defender's clock, ISO 8601 UTC. */
  readonly createdAt: string | null;
  readonly osPlatform: string | null;
  readonly relatedFiles: readonly RelatedFile[];
}

/** What a plan was made of. */
export interface PlanningBasis {
  readonly alert: Alert;
  readonly machine: Machine;
  /** The conditions of the profile that matched. */
  readonly when: object;
}

/** The text of plan.json: the plan, what it was made of, and the files that are not asked for. */
export function writePackedPlan(
  version: string,
  plan: Plan,
  { alert, machine, when }: PlanningBasis,
  notRequested: readonly NotRequested[],
): string {
  const { category, detectionSource, createdAt, files: relatedFiles } = alert;
  const { osPlatform, healthStatus, tags, group } = machine;
  const packed = {
    ...{ version, plan, why: tellConditions(when) },
    alert: { category, detectionSource, createdAt },
    machine: { osPlatform, healthStatus, tags, group },
    relatedFiles,
    notRequested,
  };
  return `${JSON.stringify(packed, null, 2)}\n`;
}

/** Reads what plan.json says besides the plan; what is not there, as in those of earlier versions, is null or empty. Never throws. */
export function readPackedBasis(text: string | null): PackedBasis {
  const { why = [], alert, machine, relatedFiles = [] } = packedSchema.safeParse(parse(text)).data ?? {};
  return {
    why,
    category: alert?.category?.slice(0, MAX_WORD_CHARACTERS).toWellFormed() ?? null,
    detectionSource: alert?.detectionSource?.slice(0, MAX_WORD_CHARACTERS).toWellFormed() ?? null,
    createdAt: z.iso.datetime().safeParse(alert?.createdAt).data ?? null,
    osPlatform: machine?.osPlatform?.slice(0, MAX_WORD_CHARACTERS).toWellFormed() ?? null,
    relatedFiles: relatedFiles.map(({ path, sha1, sha256, md5, sizeBytes }) => ({
      path: path ?? null,
      sha1: sha1 ?? null,
      sha256: sha256 ?? null,
      md5: md5 ?? null,
      sizeBytes: sizeBytes ?? null,
    })),
  };
}

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
