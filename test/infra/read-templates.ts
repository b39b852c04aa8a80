import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../infra/', import.meta.url);

/** The text of each template by its path below infra/. */
export type Templates = Readonly<Record<string, string>>;

/** All templates as they are. */
export const templates: Templates = Object.fromEntries(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.bicep'))
    .map((file) => [file.replaceAll('\\', '/'), readFileSync(new URL(file, folder), 'utf8')]),
);

/** The templates with a mistake planted in one; throws where what is to be replaced is not there. */
export function plant(file: string, right: string, wrong: string): Templates {
  const text = templates[file] ?? '';
  if (!text.includes(right)) throw new Error(`${file} does not hold ${right}`);
  return { ...templates, [file]: text.replace(right, wrong) };
}

/** The resources of a type in a text, each as it is written, to its closing bracket. */
export function findResources(text: string, type: string): readonly string[] {
  const pattern = new RegExp(`^resource \\w+ '${type.replaceAll('.', '\\.')}@[^']+' = [\\s\\S]*?^(?:\\}|\\])`, 'gm');
  return text.match(pattern) ?? [];
}
