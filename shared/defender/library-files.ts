import type { LibraryFile } from '../domain/library-file.ts';
import { checkLibraryFile } from '../domain/library-plan.ts';
import { cleanMessage } from './clean-message.ts';
import { FormData } from 'undici';
import type { Api } from './call-endpoint.ts';
import { refuseArgument } from './errors.ts';
import type { EndpointName } from './permissions.ts';
import { readBody } from './read-body.ts';
import { expectRows, readPages } from './read-pages.ts';
import { expectSuccess, isNotFound } from './reply.ts';
import { LibraryFileBody } from './schemas.ts';
import type { CallOptions } from './send.ts';

/** A file to put into the library, which is shared by the whole tenant: `replace` says what happens to one of the same name. */
export interface LibraryUpload {
  readonly fileName: string;
  readonly content: Uint8Array;
  readonly description: string;
  readonly parametersDescription: string;
  readonly replace: 'replace' | 'keep';
}

/** What became of an upload. */
export type UploadOutcome =
  | { readonly outcome: 'uploaded'; readonly file: LibraryFile }
  | { readonly outcome: 'exists'; readonly reason: string };

const PATH = '/api/libraryfiles';

/** Lists the live response library (Defender: list library files). */
export async function listLibrary(api: Api, options?: CallOptions): Promise<readonly LibraryFile[]> {
  const endpoint = 'list library files';
  const { rows, status } = expectRows(await readPages(api, endpoint, PATH, options));
  return rows.map((row) => readFile(row, endpoint, status));
}

/** Puts a file into the live response library, 20 MB at most (Defender: upload library file). */
export async function uploadToLibrary(api: Api, upload: LibraryUpload, options?: CallOptions): Promise<UploadOutcome> {
  const endpoint = 'upload library file';
  checkUpload(upload);
  const form = writeForm(upload);
  const reply = await api.call({ endpoint, method: 'POST', url: api.url(PATH), body: form, brings: 'JSON' }, options);
  if (reply.reply === 'failure') {
    const { status, message } = reply.error;
    const exists = status === 409 || (status === 400 && /already exists/i.test(message));
    if (exists) return { outcome: 'exists', reason: message };
  }
  const { json, status } = expectSuccess(reply);
  return { outcome: 'uploaded', file: readFile(json, endpoint, status, 'unknown') };
}

/** Deletes a file from the live response library by its name (Defender: delete library file). */
export async function deleteFromLibrary(
  api: Api,
  fileName: string,
  options?: CallOptions,
): Promise<{ readonly outcome: 'deleted' | 'not found' }> {
  const endpoint = 'delete library file';
  // As a path, `.` and `..` would name the library itself or what is above it.
  if (!/^[^\p{Cc}]{1,255}$/u.test(fileName) || /^\.{1,2}$/.test(fileName)) {
    const message = `'${endpoint}' was not sent: that is no name of a library file. Give the name as the library lists it.`;
    throw refuseArgument(endpoint, 'InvalidArgument', message);
  }
  const url = api.url(`${PATH}/${encodeURIComponent(fileName)}`);
  const reply = await api.call({ endpoint, method: 'DELETE', url, brings: 'nothing' }, options);
  if (isNotFound(reply)) return { outcome: 'not found' };
  expectSuccess(reply);
  return { outcome: 'deleted' };
}

function checkUpload({ fileName, content }: LibraryUpload): void {
  const endpoint = 'upload library file';
  const fault = checkLibraryFile({ name: fileName, bytes: content.byteLength });
  if (fault !== null) throw refuseArgument(endpoint, 'InvalidArgument', `'${endpoint}' was not sent: ${fault}`);
}

function writeForm({ fileName, content, description, parametersDescription, replace }: LibraryUpload): FormData {
  const form = new FormData();
  form.append('file', new File([Uint8Array.from(content)], fileName, { type: 'application/octet-stream' }), fileName);
  form.append('ParametersDescription', parametersDescription);
  form.append('HasParameters', parametersDescription === '' ? 'false' : 'true');
  form.append('OverrideIfExists', replace === 'replace' ? 'true' : 'false');
  form.append('Description', description);
  return form;
}

function readFile(
  json: unknown,
  endpoint: EndpointName,
  status: number,
  effect: 'none' | 'unknown' = 'none',
): LibraryFile {
  const body = readBody(LibraryFileBody, json, endpoint, status, effect);
  const { fileName, sha256, createdBy, lastUpdatedTime } = body;
  return {
    fileName,
    sha256: sha256 ?? '',
    createdBy: createdBy === null ? null : cleanMessage(createdBy),
    lastUpdatedAt: lastUpdatedTime,
  };
}
