import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Settings } from './resolve-settings.ts';

const localSettings = z.object({ Values: z.record(z.string(), z.string()).default({}) });

/** The `Values` of a local.settings.json, empty when there is no file; throws a sentence, which holds no value, when it cannot be used. */
export function readLocalSettings(path: string): Settings {
  if (!existsSync(path)) return {};
  const parsed = localSettings.safeParse(parseFile(path));
  if (parsed.success) return parsed.data.Values;
  throw new Error(`${path} cannot be used: "Values" must be an object of strings. See local.settings.sample.json.`);
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Error(`${path} is not valid JSON. Correct it, or begin again from local.settings.sample.json.`);
  }
}
