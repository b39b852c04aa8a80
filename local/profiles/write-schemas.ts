import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { denyListSchema } from '../../shared/domain/deny-list.ts';
import { profileSchema } from '../../shared/domain/profile-schema.ts';

/** The JSON Schemas (draft 7) that editors check the files in profiles/ by, by file name. */
export function buildSchemas(): ReadonlyMap<string, string> {
  const write = (schema: z.ZodType, title: string) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', reused: 'ref' });
    return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
  };
  return new Map([
    ['profile.schema.json', write(profileSchema, 'A profile of the Evidence Collector')],
    ['deny.schema.json', write(denyListSchema, 'The deny list of the Evidence Collector')],
  ]);
}

async function main(isCheck: boolean): Promise<void> {
  const folder = resolve(import.meta.dirname, '../../profiles');
  for (const [name, text] of buildSchemas()) {
    const file = resolve(folder, name);
    if (!isCheck) await writeFile(file, text);
    else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
      console.error(`profiles/${name} does not agree with the code. Run: npm run schemas`);
      process.exitCode = 1;
    }
  }
}

if (import.meta.main) await main(process.argv.includes('--check'));
