import * as z from 'zod';
import { ANSWERS, REQUESTS, type SchemaName } from './answer-schemas.ts';
import { rolesFor } from './authorize.ts';
import { type Answer, type Operation, OPERATIONS } from './operations.ts';
import { type ProblemCode, statusOf } from './problem.ts';

/** Where in the document a schema is. */
const refTo = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** Codes that any call may be answered with. */
const ALWAYS: readonly ProblemCode[] = ['not-signed-in', 'not-allowed', 'unavailable'];

/** The description of the HTTP API (OpenAPI 3.1), made from the schemas of its answers and the table of its calls. */
export function writeOpenapi(version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describeOperation(operation) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Evidence Collector for Microsoft Defender',
      version,
      description: 'Sends alerts to be collected, follows them, and reads the evidence. Errors are RFC 9457 problems.',
    },
    servers: [{ url: '/api' }],
    security: [{ entra: [] }, { functionKey: [] }],
    paths,
    components: {
      schemas: describeSchemas(),
      securitySchemes: {
        entra: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "A token for the app's registration.",
        },
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
      },
    },
  };
}

function describeOperation(operation: Operation) {
  const { id, summary, act, path, query = [], body, answers } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  const schema = { type: 'string' };
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema })),
    ...query.map((name) => ({ name, in: 'query', required: false, schema })),
  ];
  const content = body && { 'application/json': { schema: refTo(body.schema) } };
  return {
    operationId: id,
    summary,
    description: `For the roles ${rolesFor(act).join(', ')}.`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: body.required === 'required', content } }),
    responses: { ...describeAnswers(answers, operation.method), ...describeProblems(operation.problems) },
  };
}

function describeAnswers(answers: Operation['answers'], method: Operation['method']) {
  const described = Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)] as const);
  const isTagged = method === 'get' && Object.values(answers).some((answer) => answer.schema !== undefined);
  const unchanged = isTagged ? [['304', { description: 'It is as If-None-Match says.' }] as const] : [];
  return Object.fromEntries([...described, ...unchanged]);
}

function describeAnswer({ what, schema, mediaType = 'application/json', follow }: Answer) {
  const header = (type: string) => ({ required: true, schema: { type } });
  return {
    description: what,
    ...(follow === undefined ? {} : { headers: { Location: header('string'), 'Retry-After': header('integer') } }),
    content: { [mediaType]: schema === undefined ? {} : { schema: refTo(schema) } },
  };
}

/** The problems of a call by their status; several codes may share one. */
function describeProblems(codes: readonly ProblemCode[]) {
  const all = [...ALWAYS, ...codes];
  const statuses = [...new Set(all.map(statusOf))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const own = all.filter((code) => statusOf(code) === status);
      const content = { 'application/problem+json': { schema: refTo('Problem') } };
      return [String(status), { description: `Problem: ${own.join(', ')}.`, content }];
    }),
  );
}

/** The schemas as JSON Schema 2020-12; what an answer may get in a later version is not forbidden. */
function describeSchemas(): Readonly<Record<SchemaName, unknown>> {
  const entries = Object.entries({ ...ANSWERS, ...REQUESTS }).map(([name, schema]) => {
    const { $schema: _, ...described } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
    return [name, described];
  });
  return Object.fromEntries(entries) as Record<SchemaName, unknown>;
}
