import { readFile, writeFile } from 'node:fs/promises';
import { copyWithStubs } from './script-stubs.ts';

/**
 * A Linux triage that collects by case and nothing else: web roots are the folder's `www` and `www2`, homes those below its
 * `home`, and of the machine's own places only `/srv` and the like are looked at.
 */
export async function prepareCases(folder: string): Promise<string> {
  const script = await copyWithStubs('evidence-triage.sh', folder, {});
  const text = await readFile(script, 'utf8');
  const collect = text.lastIndexOf('\ncollect() {\n');
  const only =
    '\ncollect() {\n  read_remote_mounts\n  artifact_limit=$limit_bytes\n  collect_by_case\n}\n\nstart "$@"\n';
  const moved = `${text.slice(0, collect)}${only}`
    .replace(/^web_roots=.*$/m, `web_roots='${folder}/www ${folder}/www2'`)
    .replace('in /home /root /srv', `in ${folder}/home /srv`)
    .replaceAll('/home/*', `${folder}/home/*`)
    .replaceAll('set -- /root', 'set --');
  await writeFile(script, moved);
  return script;
}
