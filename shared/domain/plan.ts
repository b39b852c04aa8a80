import * as z from 'zod';

const command = z.discriminatedUnion('type', [
  z.object({ type: z.literal('PutFile'), fileName: z.string() }).readonly(),
  z.object({ type: z.literal('RunScript'), scriptName: z.string(), args: z.string() }).readonly(),
  z.object({ type: z.literal('GetFile'), path: z.string(), madeBy: z.number().nullable() }).readonly(),
]);

/** The shape of a plan as it is kept in its collection's row and in its package. */
export const planSchema = z
  .object({
    profileId: z.string(),
    profileTitle: z.string(),
    /** SHA-256 of the profile's file, hex. */
    profileSha256: z.string(),
    /** The scripts it runs, with the hash that each one's library file must have. */
    scripts: z.array(z.object({ name: z.string(), sha256: z.string() }).readonly()).readonly(),
    sessions: z
      .array(z.object({ commands: z.array(command).readonly(), delayMs: z.number().optional() }).readonly())
      .readonly(),
    /** How many related files did not fit into the request. */
    filesNotRequested: z.number(),
  })
  .readonly();

/** What is to be collected from a machine, and by which profile. */
export type Plan = z.infer<typeof planSchema>;

/** A script that a plan runs, with the hash its library file must have. */
export type PlannedScript = Plan['scripts'][number];
