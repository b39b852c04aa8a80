import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** An error of Blob Storage; `detail` is what it adds for signatures. */
export type Refusal = { status: number; code: string; message: string; detail?: string };

/** The errors that a signed link can meet, in the service's wording. */
export const refusals = {
  authorization: {
    status: 400,
    code: 'InvalidAuthenticationInfo',
    message: 'Authentication information is not given in the correct format. Check the value of Authorization header.',
  },
  unsigned: { status: 404, code: 'ResourceNotFound', message: 'The specified resource does not exist.' },
  authentication: {
    status: 403,
    code: 'AuthenticationFailed',
    message:
      'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
  },
  permission: {
    status: 403,
    code: 'AuthorizationPermissionMismatch',
    message: 'This request is not authorized to perform this operation using this permission.',
  },
  absent: { status: 404, code: 'BlobNotFound', message: 'The specified blob does not exist.' },
  condition: {
    status: 412,
    code: 'ConditionNotMet',
    message: 'The condition specified using HTTP conditional header(s) is not met.',
  },
  range: {
    status: 416,
    code: 'InvalidRange',
    message: 'The range specified is invalid for the current size of the resource.',
  },
} as const satisfies Record<string, Refusal>;

/** Answers an error as XML, with its code in x-ms-error-code; to HEAD without a body. */
export function sendRefusal(
  response: ServerResponse,
  method: string,
  { status, code, message, detail }: Refusal,
  headers: Record<string, string>,
  nowMs: number,
): void {
  const common = storageHeaders();
  const told = `${message}\nRequestId:${common['x-ms-request-id']}\nTime:${new Date(nowMs).toISOString().replace('Z', '0000Z')}`;
  const more = detail === undefined ? '' : `<AuthenticationErrorDetail>${detail}</AuthenticationErrorDetail>`;
  const xml = `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${told}</Message>${more}</Error>`;
  const body = Buffer.from(xml, 'utf8');
  response.writeHead(status, {
    ...common,
    ...headers,
    'x-ms-error-code': code,
    'content-type': 'application/xml',
    'content-length': body.length,
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** The headers of every answer. */
export function storageHeaders(): { server: string; 'x-ms-request-id': string; 'x-ms-version': string } {
  return {
    server: 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0',
    'x-ms-request-id': randomUUID(),
    'x-ms-version': '2019-07-07',
  };
}
