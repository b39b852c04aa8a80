import { randomUUID } from 'node:crypto';

/** What a handler answers: `body` is the text to send, absent where there is none. */
export type Reply = { status: number; headers: Readonly<Record<string, string>>; body?: string };

/** The origin in `@odata.context`: regional and not the caller's, as observed in real answers. */
const contextOrigin = 'https://api-us3.securitycenter.microsoft.com';

const jsonHeaders = { 'content-type': 'application/json; odata.metadata=minimal; odata.streaming=true' };

/** Answers a JSON value. */
export function jsonReply(status: number, value: unknown): Reply {
  return { status, headers: jsonHeaders, body: JSON.stringify(value) };
}

/** Answers one entity, its OData context first. */
export function entityReply(status: number, context: string, entity: Readonly<Record<string, unknown>>): Reply {
  return jsonReply(status, { '@odata.context': contextOf(context), ...entity });
}

/** The `@odata.context` of an entity or collection, for instance of `Alerts/$entity`. */
export function contextOf(name: string): string {
  return `${contextOrigin}/api/$metadata#${name}`;
}

/** Answers Defender's error body; `target` is a correlation id unless the error has another. */
export function errorReply(status: number, code: string, message: string, target: string = randomUUID()): Reply {
  return jsonReply(status, { error: { code, message, target } });
}

/** Answers 404 ResourceNotFound for a named thing, in the wording of the documentation. */
export function notFoundReply(what: string, name: string): Reply {
  return errorReply(404, 'ResourceNotFound', `${what} ${name} was not found`);
}

/** Answers 400 for a body that is not as documented. */
export function incorrectBody(): Reply {
  return errorReply(400, 'InvalidRequestBody', 'Request body is incorrect');
}

/** Answers 400 for a parameter that is not there. */
export function missingParameter(name: string): Reply {
  return errorReply(400, 'MissingRequiredParameter', `Parameter ${name} is missing`);
}
