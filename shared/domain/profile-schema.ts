import * as z from 'zod';
import { SEVERITIES } from './alert.ts';
import { judgePath } from './get-path.ts';
import { OPERATING_SYSTEMS } from './machine.ts';
import { conditionsSchema } from './match-conditions-schema.ts';
import { checkProfile } from './profile-check.ts';
import { expandTemplate, findTemplateFault } from './profile-template.ts';

const text = z.string().min(1).max(300);

/** A name in the live response library (Defender: letters, digits, dash, underscore and dot). */
const libraryName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a file name of the library: letters, digits, dot, dash, underscore');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 as 64 hex digits in lower case, in quotes');
const archiveName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,40}$/, 'a lower-case file name such as evidence.tar.gz');
const option = z.string().regex(/^[a-z][a-z-]{0,39}$/, 'an option word: lower-case letters and dashes');

const putStep = z.union([
  libraryName,
  z.strictObject({ file: libraryName, sha256: sha256.describe('Pins a file that is not one of ours.').optional() }),
]);

/** A script of our contract: it is given the request, and leaves one archive. */
const ownStep = z.strictObject({
  script: libraryName,
  archive: archiveName,
  limits: z.strictObject({
    bytes: z.int().min(1_048_576).max(3_221_225_472).describe('The most bytes of the archive.'),
    seconds: z
      .int()
      .min(30)
      .max(14_400)
      .describe('At most 570, as live response ends a script after ten minutes; more for detached work.'),
    files: z.int().min(0).max(500).describe("The most of the alert's files that are asked for."),
  }),
  options: z.array(option).min(1).max(10).optional(),
  detached: z
    .strictObject({
      harvest: libraryName.describe('The script that answers with the archive later.'),
      afterMinutes: z.int().min(1).max(1440),
    })
    .optional(),
});

/** Somebody else's script: it is given the literal text. */
const foreignStep = z.strictObject({
  script: libraryName,
  args: z
    .string()
    .max(1000)
    .regex(/^[\x20-\x7e]*$/, 'printable ASCII')
    .regex(/^[^;&|!$()]*$/, 'without the characters ; & | ! $ ( ) which Defender refuses')
    .regex(/^[^"'`]*$/, 'without quotes, which are lost on the way')
    .superRefine(checkTemplate),
  sha256: sha256.describe('Pins a script that is not one of ours.').optional(),
});

const path = z
  .string()
  .min(1)
  .max(500)
  .superRefine(checkTemplate)
  .superRefine((value, context) => {
    const judged = judgePath(expandTemplate(value, { collectionId: '0'.repeat(32), session: 0 }));
    if (judged.judgement === 'refused')
      context.addIssue({ code: 'custom', message: `a path of one file; ${judged.why}` });
  });

const getStep = z.union([
  path,
  z.strictObject({ path, madeBy: libraryName.describe('The script of this session that makes the file.').optional() }),
]);

const session = z.strictObject({
  delayMinutes: z.int().min(0).max(1440).describe('How long after the session before.').optional(),
  put: z.array(putStep).min(1).max(20).optional(),
  run: z
    .array(z.union([ownStep, foreignStep]))
    .min(1)
    .max(20)
    .optional(),
  get: z.array(getStep).min(1).max(40).optional(),
});

const sampleFile = z.strictObject({
  path: text.optional(),
  sha256: sha256.optional(),
  signer: text.optional(),
  publisher: text.optional(),
  size: z.int().min(0).optional(),
});

const sampleAlert = z.strictObject({
  operatingSystem: z.enum(OPERATING_SYSTEMS).optional(),
  osPlatform: text.optional(),
  severity: z.enum(SEVERITIES).optional(),
  category: text.optional(),
  title: text.optional(),
  detectionSource: text.optional(),
  machineName: text.optional(),
  machineTags: z.array(text).optional(),
  machineGroup: text.optional(),
  files: z.array(sampleFile).optional(),
});

const profileTest = z.strictObject({
  name: text,
  alert: sampleAlert,
  expect: z.union([z.literal('no match'), z.strictObject({ commands: z.array(text).min(1) })]),
});

const profileShape = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/, 'lower-case letters, digits and dashes'),
  title: text,
  description: z.string().min(1).max(2000),
  author: text,
  level: z.enum(['informational', 'low', 'medium', 'high', 'critical']),
  tags: z.array(text).default([]),
  order: z.int().min(0).max(100_000).describe('The first that matches is taken: the lowest order, then by id.'),
  enabled: z.boolean().describe('false: it never matches; true if it is left out.').optional(),
  expires: z.iso
    .date('a day such as 2027-06-30, in quotes')
    .describe('The last day (UTC) on which it matches.')
    .optional(),
  domainControllers: z
    .enum(['skipped', 'allowed'])
    .describe('Whether it may be run on domain controllers; skipped if it is left out.')
    .optional(),
  when: z.union([conditionsSchema, z.array(conditionsSchema).min(1).max(20)]),
  collect: z.union([session, z.array(session).min(1).max(10)]),
  limits: z
    .strictObject({
      bytes: z.int().min(1_048_576).describe('The most bytes of all archives of a collection.').optional(),
      files: z.int().min(0).max(2000).describe("The most of the alert's files that are asked for in all.").optional(),
      minutes: z
        .int()
        .min(1)
        .max(600)
        .describe('The most minutes that scripts may run on a machine in all.')
        .optional(),
      coolDownMinutes: z
        .int()
        .min(1)
        .max(10_080)
        .describe(
          'For so long after a collection of this profile a machine is left alone, unless an alert is more severe.',
        )
        .optional(),
    })
    .optional(),
  tests: z.array(profileTest).min(1),
});

/** The shape of a profile's YAML: when it matches, and what to collect. */
export const profileSchema = profileShape.superRefine(checkProfile);

function checkTemplate(value: string, context: z.RefinementCtx): void {
  const fault = findTemplateFault(value);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
}

/** A profile's content. */
export type ProfileContent = z.infer<typeof profileShape>;

/** The commands of one session, as a profile names them. */
export type SessionContent = z.infer<typeof session>;

/** A step that runs a script of our contract. */
export type OwnStep = z.infer<typeof ownStep>;

/** What a profile's test says of an alert and its machine. */
export type SampleAlert = z.infer<typeof sampleAlert>;
