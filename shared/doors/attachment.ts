import type { Reply } from './reply.ts';

/** A path in a package: segments of letters, digits, dot, dash and underscore, none of which begins with a dot. */
const PATH = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(?:\/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}){0,7}$/;

/** The path of a file that a route names, null when no file of a package can have it. */
export function readEvidencePath(item: string | undefined): string | null {
  return item !== undefined && PATH.test(item) ? item : null;
}

/** A file of a package as a download that no browser shows and no program opens by its name, whatever it holds. */
export function answerAttachment(
  content: AsyncIterable<Uint8Array>,
  file: {
    readonly collectionId: string;
    readonly path: string;
    readonly bytes: number | null;
    readonly ending: string;
  },
): Reply {
  const name = `${file.collectionId}_${file.path.replaceAll('/', '_')}.${file.ending}`;
  return {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      ...(file.bytes === null ? {} : { 'content-length': String(file.bytes) }),
    },
    body: content,
  };
}
