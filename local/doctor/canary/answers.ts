import * as z from 'zod';

/** What a canary reads of the app's answers (docs/openapi.json). */
export const problemSchema = z.object({ detail: z.string() });

/** Of `GET /api/health`. */
export const healthSchema = z.object({
  version: z.string(),
  mode: z.enum(['off', 'observe', 'collect']),
  lastPollAt: z.string().nullable(),
  pause: z.object({}).nullable(),
});

/** Of the 202 to `POST /api/collections`. */
export const acceptedSchema = z.object({
  collections: z.tuple([z.object({ id: z.string().regex(/^[0-9a-f]{32}(?:-r\d{1,3})?$/) })]),
});

/** Of `GET /api/collections/{id}`. */
export const collectionSchema = z.object({
  status: z.string(),
  reason: z.string().nullable(),
  machineName: z.string().nullable(),
  endedAt: z.string().nullable(),
  package: z.object({}).nullable(),
});

/** Of `GET /api/collections/{id}/custody`. */
export const custodySchema = z.object({
  entries: z.array(
    z.object({
      number: z.number(),
      at: z.string(),
      event: z.string(),
      detail: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    }),
  ),
});

/** Of `GET /api/collections/{id}/evidence`. */
export const filesSchema = z.object({ files: z.array(z.object({ path: z.string(), bytes: z.number() })) });
