import { describe, expect, it } from 'vitest';
import { compileBlobPath } from '../../../local/host/blob-path.ts';

describe('compileBlobPath', () => {
  it.each([
    ['tickets/{name}', 'c1/0-1-1.json', { name: 'c1/0-1-1.json' }],
    ['tickets/{collection}/{name}', 'a/b/c.json', { collection: 'a/b', name: 'c.json' }],
    ['tickets/{collection}/{name}.json', 'a/b.json', { collection: 'a', name: 'b' }],
    ['tickets/{collection}/{name}.json', 'a/b.txt', undefined],
    ['tickets/{name}.json', 'bxjson', undefined],
    ['tickets/new/{name}', 'old/a', undefined],
    ['tickets', 'any/thing', {}],
    ['tickets/one.txt', 'one.txt', {}],
    ['tickets/one.txt', 'one.txt2', undefined],
  ])('%s gives for %s', (path, blobName, params) => {
    expect(compileBlobPath(path, 'copy').match(blobName)).toEqual(params);
  });

  it.each([
    ['tickets/{name}', 'tickets', ''],
    ['tickets/new/{name}', 'tickets', 'new/'],
    ['tickets/a-{name}', 'tickets', 'a-'],
  ])('%s is listed in %s from "%s"', (path, container, prefix) => {
    expect(compileBlobPath(path, 'copy')).toMatchObject({ container, prefix });
  });

  it.each(['', '{container}/a', '/'])('refuses "%s" in words', (path) => {
    expect(() => compileBlobPath(path, 'copy')).toThrow(
      `The path "${path}" of the function "copy" must begin with a container's name.`,
    );
  });
});
