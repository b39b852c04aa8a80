import { escapePattern } from './escape-pattern.ts';

/** The path of a blob trigger: its text, a container, the literal beginning of the blobs' names, and what the names' parameters are (undefined when a name does not fit). */
export type BlobPath = {
  text: string;
  container: string;
  prefix: string;
  match: (blobName: string) => Record<string, string> | undefined;
};

/** Compiles `container/{name}` and the like; a parameter takes any characters, a slash too, and the first one as many as it can, as in the WebJobs SDK (BindingTemplateToken); throws a sentence when there is no container. */
export function compileBlobPath(path: string, functionName: string): BlobPath {
  const [, container, pattern = ''] = /^\/?([^/{}]+)(?:\/(.*))?$/.exec(path) ?? [];
  if (container === undefined) {
    throw new Error(`The path "${path}" of the function "${functionName}" must begin with a container's name.`);
  }
  const names: string[] = [];
  const written = pattern
    .split(/(\{\w+\})/)
    .map((part, index) => {
      if (index % 2 === 0) return escapePattern(part);
      names.push(part.slice(1, -1));
      return '(.*)';
    })
    .join('');
  const expression = new RegExp(`^${written === '' ? '.*' : written}$`, 's');
  return {
    text: path,
    container,
    prefix: pattern.replace(/\{.*$/s, ''),
    match: (blobName) => {
      const found = expression.exec(blobName);
      return found === null
        ? undefined
        : Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']));
    },
  };
}
