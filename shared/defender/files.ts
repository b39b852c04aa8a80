import type { RelatedFile } from '../domain/alert.ts';
import type { Api } from './call-endpoint.ts';
import { type Found, getOne } from './get-one.ts';
import { idInPath } from './ids.ts';
import { readBody } from './read-body.ts';
import { FileBody, FileList } from './schemas.ts';
import type { CallOptions } from './send.ts';

/** The profiles of an alert's files: hashes and sizes, no paths (Defender: get alert related files). */
export async function getAlertFiles(
  api: Api,
  alertId: string,
  options?: CallOptions,
): Promise<Found<'files', readonly RelatedFile[]>> {
  const endpoint = 'get alert files';
  const found = await getOne(api, endpoint, `/api/alerts/${idInPath(endpoint, 'alert', alertId)}/files`, options);
  if (found === null) return { outcome: 'not found' };
  const { value } = readBody(FileList, found.json, endpoint, found.status);
  const files = value.map((row): RelatedFile => {
    const { sha1, sha256, md5, size } = readBody(FileBody, row, endpoint, found.status);
    return { path: null, sha1, sha256, md5, sizeBytes: size };
  });
  return { outcome: 'found', files, raw: found.text };
}
