import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

let imports = 0;

/** Imports an app, which registers its functions by that; throws the app's own message behind a line that says where it comes from. A file imported once more is run once more, under a URL of its own. */
export async function importApp(appFile: string): Promise<void> {
  const path = resolve(appFile);
  if (!existsSync(path)) {
    throw new Error(`There is no app at ${path}. Build it first: npm run build`);
  }
  imports += 1;
  const url = pathToFileURL(path);
  if (imports > 1) url.searchParams.set('import', `${imports}`);
  try {
    await import(url.href);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`The app ${path} could not be loaded.\n${message}`, { cause: error });
  }
}
