import {
  contextOf,
  entityReply,
  errorReply,
  incorrectBody,
  jsonReply,
  notFoundReply,
  type Reply,
} from './http/reply.ts';
import { type ApiRequest, pathPattern, type Route } from './http/route.ts';
import type { Library } from './library.ts';
import type { Switches } from './switches.ts';

/** What the library endpoints work on; a file has `uploadBytes` at most. */
export type LibraryParts = {
  library: Library;
  appName: string;
  uploadBytes: number;
  switches: Switches;
  timestamp(): string;
};

const formOverheadBytes = 64 * 1024;

/** The endpoints of the live response library. */
export function libraryRoutes(parts: LibraryParts): Route[] {
  const roles = ['Library.Manage'] as const;
  return [
    {
      endpoint: 'libraryfiles',
      method: 'GET',
      path: pathPattern('libraryfiles'),
      roles,
      handle: () => jsonReply(200, { '@odata.context': contextOf('LibraryFiles'), value: parts.library.list() }),
    },
    {
      endpoint: 'upload libraryfile',
      method: 'POST',
      path: pathPattern('libraryfiles'),
      roles,
      handle: (request) => upload(parts, request),
    },
    {
      endpoint: 'delete libraryfile',
      method: 'DELETE',
      path: pathPattern('libraryfiles/{}'),
      roles,
      handle: async ({ param }) => {
        const outcome = await parts.library.remove(param);
        return outcome === 'absent' ? notFoundReply('File', param) : { status: 204, headers: {} };
      },
    },
  ];
}

async function upload(parts: LibraryParts, request: ApiRequest): Promise<Reply> {
  const { library, appName, uploadBytes, timestamp } = parts;
  const form = await readForm(request, uploadBytes);
  if (form === 'too large') return badRequest(`File size exceeds the limit of ${uploadBytes} bytes`);
  if (form === 'malformed') return incorrectBody();
  const { file } = form;
  if (file === undefined) return errorReply(400, 'MissingRequiredParameter', 'File parameter is missing');
  if (!/^[A-Za-z0-9._-]*[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(file.name)) {
    return badRequest('File name may only contain alphanumeric characters, dashes, underscores and dots');
  }
  const override = readBoolean(form.texts.get('overrideifexists'));
  const hasParameters = readBoolean(form.texts.get('hasparameters'));
  if (override === 'malformed' || hasParameters === 'malformed') {
    return incorrectBody();
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const existing = library.find(file.name)?.entity;
  if (existing !== undefined && override === 'false') {
    return errorReply(parts.switches.uploadOfExisting, 'BadRequest', `File ${file.name} already exists`);
  }

  const now = timestamp();
  const parametersDescription = form.texts.get('parametersdescription');
  const entity = await library.put(
    {
      fileName: file.name,
      description: form.texts.get('description') ?? null,
      creationTime: existing?.creationTime ?? now,
      lastUpdatedTime: now,
      createdBy: appName,
      hasParameters: hasParameters === 'true',
      ...(parametersDescription === undefined ? {} : { parametersDescription }),
    },
    bytes,
  );
  return entityReply(200, 'LibraryFiles/$entity', entity);
}

type Form = { file: File | undefined; texts: Map<string, string> };

async function readForm(request: ApiRequest, uploadBytes: number): Promise<Form | 'too large' | 'malformed'> {
  const body = await request.readBody(uploadBytes + formOverheadBytes);
  if (body === 'too large') return 'too large';
  if (!/^multipart\/form-data\s*;/i.test(request.contentType)) return 'malformed';
  const form: Form = { file: undefined, texts: new Map() };
  try {
    const parsed = await new Response(body, { headers: { 'content-type': request.contentType } }).formData();
    for (const [name, value] of parsed) {
      if (typeof value === 'string') form.texts.set(name.toLowerCase(), value);
      else if (name.toLowerCase() === 'file') form.file = value;
    }
  } catch {
    return 'malformed';
  }
  return (form.file?.size ?? 0) > uploadBytes ? 'too large' : form;
}

function readBoolean(text: string | undefined): 'true' | 'false' | 'malformed' {
  const value = (text ?? '').trim().toLowerCase();
  if (value === 'true') return 'true';
  return value === 'false' || value === '' ? 'false' : 'malformed';
}

function badRequest(message: string): Reply {
  return errorReply(400, 'BadRequest', message);
}
