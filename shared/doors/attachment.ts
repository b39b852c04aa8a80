import type { Reply } from './reply.ts';

/** A path in a package: segments of letters, digits, dot, dash and underscore, none of which begins with a dot. */
const PATH = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(?:\/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}){0,7}$/;

/**
 * The path of a file that a route names, null when no file of a package can have it. Its slashes may be encoded: clients
 * that are generated from a description encode them, and the host leaves `%2F` as it is.
 */
export function readEvidencePath(item: string | undefined): string | null {
  const path = item?.replaceAll(/%2f/gi, '/') ?? '';
  return PATH.test(path) ? path : null;
}

/** The name of a file outside its package: one segment, made of our names, with an ending that no program opens. */
export function nameDownload(collectionId: string, path: string): string {
  return `${collectionId}_${path.replaceAll('/', '_')}.evidence`;
}

/** A file as a download that no browser shows and no program opens by itself, whatever it holds; `bytes` is null where its length is not known beforehand. */
export function answerAttachment(
  name: string,
  file: { readonly content: AsyncIterable<Uint8Array>; readonly bytes: number | null },
): Reply {
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
    body: file.content,
  };
}
