import type { Collection } from '../domain/collection.ts';
import { judgeScriptOf } from '../domain/script-verdict.ts';

/** A file of a package as it is listed; `script` says of an evidence item whether the reviewed script made it, null for every other file. */
export function answerFiles(
  collection: Collection,
  files: readonly { readonly path: string; readonly bytes: number }[],
) {
  const items = new Map(
    collection.results.flatMap((result) => (result.status === 'stored' ? [[result.item.path, result] as const] : [])),
  );
  return files.map((file) => {
    const result = items.get(file.path);
    return { ...file, script: result === undefined ? null : judgeScriptOf(collection, result) };
  });
}
