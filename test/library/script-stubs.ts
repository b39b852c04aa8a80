import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unixLibrary } from './linux-machine.ts';

/** Commands that stand in for a machine's own: name to the text of a POSIX shell script. */
export type Stubs = Record<string, string>;

/**
 * Writes a copy of a script that finds these stubs before the machine's commands, or with only `tools` of the machine's
 * beside them, in a folder of the test; gives its path.
 */
export async function copyWithStubs(
  name: string,
  folder: string,
  stubs: Stubs,
  tools?: readonly string[],
): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  for (const [stub, text] of Object.entries(stubs)) {
    await writeFile(join(bin, stub), `#!/bin/sh\n${text}`);
    await chmod(join(bin, stub), 0o755);
  }
  const text = await readFile(join(unixLibrary, name), 'utf8');
  for (const tool of tools ?? []) {
    const real = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', tool], { encoding: 'utf8' }).trim();
    await symlink(real, join(bin, tool));
  }
  const path = tools === undefined ? `PATH=${bin}:/usr/sbin:/usr/bin:/sbin:/bin` : `PATH=${bin}`;
  if (!/^PATH=.*$/m.test(text)) throw new Error(`${name} sets no PATH that could be replaced`);
  const script = join(folder, name);
  await writeFile(script, text.replace(/^PATH=.*$/m, path));
  return script;
}
