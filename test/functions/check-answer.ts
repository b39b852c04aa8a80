import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** As much of an OpenAPI document as a client needs. */
export interface ApiDocument {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** A call as the document describes it. */
export interface ApiOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: 'path' | 'query'; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, ApiResponse>>;
}

interface ApiResponse {
  readonly headers?: Readonly<Record<string, { readonly required: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

/** Checks values and answers against a document. */
export interface Checker {
  readonly findFault: (schema: object, value: unknown) => string | null;
  /** Throws an error that says what is wrong with an answer to that call; what is no JSON is checked by its media type alone. */
  readonly checkAnswer: (operation: ApiOperation, answer: Response) => Promise<void>;
}

/** A checker by the schemas of a document. */
export function openChecker(document: ApiDocument): Checker {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: 'api', components: document.components });
  const findFault = (schema: object, value: unknown): string | null => {
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"api#/')) as object;
    return ajv.validate(absolute, value) ? null : ajv.errorsText(ajv.errors);
  };
  return {
    findFault,
    async checkAnswer(operation, answer) {
      const fail = (why: string): never => {
        throw new Error(`${operation.operationId} answered ${answer.status}: ${why}`);
      };
      const described = operation.responses[String(answer.status)] ?? fail('the description knows no such status.');
      for (const [name, { required }] of Object.entries(described.headers ?? {}))
        if (required && answer.headers.get(name) === null) fail(`the header ${name} is missing.`);
      if (described.content === undefined) return;
      const mediaType = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
      const content = described.content[mediaType] ?? fail(`the media type is ${mediaType}.`);
      if (content.schema === undefined) return;
      const fault = findFault(content.schema, await answer.clone().json());
      if (fault !== null) fail(fault);
    },
  };
}

const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as ApiDocument;
const checker = openChecker(document);

/** The call of the committed description that a method and path are, null when there is none; the most literal path is the one. */
export function findOperation(method: string, pathname: string): ApiOperation | null {
  const found = Object.entries(document.paths).flatMap(([path, methods]) => {
    const operation = methods[method.toLowerCase()];
    const pattern = path.replaceAll('{item}', '.+').replaceAll(/\{\w+\}/g, '[^/]+');
    const isIt =
      operation !== undefined && new RegExp(`^/api${pattern.replaceAll('.json', '\\.json')}$`).test(pathname);
    return isIt ? [{ operation, literal: path.replaceAll(/\{\w+\}/g, '').length }] : [];
  });
  return found.sort((a, b) => b.literal - a.literal)[0]?.operation ?? null;
}

/** As fetch, and throws when the answer is none that the committed description of the API has. */
export async function ask(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, init);
  const operation = findOperation(init.method ?? 'GET', new URL(url).pathname);
  if (operation !== null) await checker.checkAnswer(operation, answer);
  return answer;
}
