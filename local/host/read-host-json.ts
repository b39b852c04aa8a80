import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';

/** The options of host.json that this host keeps. */
export type HostOptions = { routePrefix: string; blobInvocationsAtOnce: number };

/** The real host's default is eight a core; one machine shares its cores with the emulator and the simulator. */
const defaultBlobInvocationsAtOnce = 8;

const hostJson = z.object({
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
      blobs: z.object({ maxDegreeOfParallelism: z.int().min(1).default(defaultBlobInvocationsAtOnce) }).prefault({}),
    })
    .prefault({}),
});

/** Reads host.json beside the package.json that the app file belongs to; a missing file gives the platform's defaults; throws a sentence when the file cannot be used. */
export function readHostJson(appFile: string): HostOptions {
  const path = join(findPackageFolder(dirname(appFile)), 'host.json');
  const parsed = hostJson.safeParse(existsSync(path) ? parseFile(path) : {});
  if (!parsed.success) {
    throw new Error(`${path} cannot be used. Correct it: ${z.prettifyError(parsed.error)}`);
  }
  const { http, blobs } = parsed.data.extensions;
  return { routePrefix: http.routePrefix, blobInvocationsAtOnce: blobs.maxDegreeOfParallelism };
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} is not valid JSON. Correct it or remove it.`, { cause: error });
  }
}

function findPackageFolder(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? folder : findPackageFolder(parent);
}
