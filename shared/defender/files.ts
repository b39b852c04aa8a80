import type { RelatedFile } from '../domain/alert.ts';
import type { Api } from './call-endpoint.ts';
import type { Found } from './get-one.ts';
import { idInPath } from './ids.ts';
import { readPages } from './read-pages.ts';
import { FileBody } from './schemas.ts';
import type { CallOptions } from './send.ts';

/** The profiles of an alert's files: hashes and sizes, no paths; `raw` is the texts of its pages, a line end between two (Defender: get alert related files). */
export async function getAlertFiles(
  api: Api,
  alertId: string,
  options?: CallOptions,
): Promise<Found<'files', readonly RelatedFile[]>> {
  const endpoint = 'get alert files';
  const path = `/api/alerts/${idInPath(endpoint, 'alert', alertId)}/files`;
  const texts: string[] = [];
  const pages = await readPages(api, endpoint, path, options, (text) => texts.push(text));
  if (pages.outcome === 'not found') return { outcome: 'not found' };
  return { outcome: 'found', files: readFileProfiles(pages.rows), raw: texts.join('\n') };
}

/** The files of Defender's file profiles; a row that is none is left out. */
export function readFileProfiles(rows: readonly unknown[]): readonly RelatedFile[] {
  return rows.flatMap((row): RelatedFile[] => {
    const read = FileBody.safeParse(row);
    if (!read.success) return [];
    const { sha1, sha256, md5, size, signer, filePublisher } = read.data;
    const publisher = filePublisher === null ? {} : { publisher: filePublisher };
    return [{ path: null, sha1, sha256, md5, sizeBytes: size, ...(signer === null ? {} : { signer }), ...publisher }];
  });
}
