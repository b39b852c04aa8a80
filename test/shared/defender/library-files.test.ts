import { describe, expect, it } from 'vitest';
import { json, refusal, withScript } from './scripted-server.ts';

/** As the page prints it, with its backslashes and its broken line. */
const LIST = String.raw`{
"\@odata.context": "https://api.security.microsoft.com
/api/\$metadata\#LibraryFiles",
"value": [
{
"fileName": "script1.ps1",
"sha256": "6e212a0db618507c44e4ec8ee7499dfef7e5767e5f8d31144df3b96fd1145caf",
"description": null,
"creationTime": "2019-10-24T10:54:23.2009016Z",
"lastUpdatedTime": "2019-10-24T10:54:23.2009016Z",
"createdBy": "admin",
"hasParameters": true,
"parametersDescription": "test"
},
{
"fileName": "memdump.exe",
"sha256": "FA70B87730290C0D30FE255D1DFB65DE82F96286EBFEEB1D88ED3CC831329825",
"description": "Process memory dump",
"creationTime": "2018-10-24T10:54:23.2009016Z",
"lastUpdatedTime": "2018-10-24T10:54:23.2009016Z",
"createdBy": "admin",
"hasParameters": false
}
]
}`;

const UPLOAD = {
  fileName: 'mdatp1.ps1',
  content: new TextEncoder().encode('Write-Output "é"\r\n\0'),
  description: 'test description',
  parametersDescription: 'test',
  replace: 'replace',
} as const;

const ENTITY = {
  '@odata.context': 'https://api.security.microsoft.com/api/$metadata#LibraryFiles/$entity',
  fileName: 'mdatp1.ps1',
  sha256: '6e212a0db618507c44e4ec8ee7499dfef7e5767e5f8d31144df3b96fd1145caf',
  lastUpdatedTime: '2026-01-20T20:00:00Z',
  createdBy: 'Evidence Collector',
};

describe('listLibrary', () => {
  it('reads the founding sample as it is printed', async () => {
    await withScript([{ status: 200, body: LIST }], async ({ client, arrived }) => {
      expect(await client.listLibrary()).toEqual([
        {
          fileName: 'script1.ps1',
          sha256: '6e212a0db618507c44e4ec8ee7499dfef7e5767e5f8d31144df3b96fd1145caf',
          createdBy: 'admin',
          lastUpdatedAt: '2019-10-24T10:54:23.2009016Z',
        },
        {
          fileName: 'memdump.exe',
          sha256: 'fa70b87730290c0d30fe255d1dfb65de82f96286ebfeeb1d88ed3cc831329825',
          createdBy: 'admin',
          lastUpdatedAt: '2018-10-24T10:54:23.2009016Z',
        },
      ]);
      expect(arrived).toMatchObject([{ method: 'GET', url: '/api/libraryfiles' }]);
    });
  });

  it('gives a file without a hash an empty one, which equals no script', async () => {
    await withScript([json(200, { value: [{ fileName: 'a.ps1', sha256: null }] })], async ({ client }) => {
      expect(await client.listLibrary()).toEqual([
        { fileName: 'a.ps1', sha256: '', createdBy: null, lastUpdatedAt: null },
      ]);
    });
  });

  it('never takes a 404 for an empty library', async () => {
    await withScript([refusal(404, 'NotFound', 'no')], async ({ client }) => {
      await expect(client.listLibrary()).rejects.toMatchObject({ status: 404 });
    });
  });
});

describe('uploadToLibrary', () => {
  async function formOf(body: string, contentType: string): Promise<FormData> {
    return new Response(Buffer.from(body, 'latin1'), { headers: { 'content-type': contentType } }).formData();
  }

  it.each([
    ['replace', 'test', 'true', 'true'],
    ['keep', '', 'false', 'false'],
  ] as const)('sends the form of the founding sample (%s)', async (replace, parametersDescription, override, has) => {
    await withScript([json(200, ENTITY)], async ({ client, arrived }) => {
      expect(await client.uploadToLibrary({ ...UPLOAD, replace, parametersDescription })).toEqual({
        outcome: 'uploaded',
        file: {
          fileName: 'mdatp1.ps1',
          sha256: '6e212a0db618507c44e4ec8ee7499dfef7e5767e5f8d31144df3b96fd1145caf',
          createdBy: 'Evidence Collector',
          lastUpdatedAt: '2026-01-20T20:00:00Z',
        },
      });
      const [call] = arrived;
      expect(call).toMatchObject({ method: 'POST', url: '/api/libraryfiles' });
      expect(call?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
      expect(call?.headers['content-length']).toBe(`${call?.body.length}`);
      const form = await formOf(call?.body ?? '', call?.headers['content-type'] ?? '');
      const file = form.get('file');
      expect(file instanceof File ? [file.name, await file.bytes()] : file).toEqual(['mdatp1.ps1', UPLOAD.content]);
      form.delete('file');
      expect(Object.fromEntries(form)).toEqual({
        ParametersDescription: parametersDescription,
        HasParameters: has,
        OverrideIfExists: override,
        Description: 'test description',
      });
    });
  });

  it.each([refusal(400, 'BadRequest', 'File mdatp1.ps1 already exists'), refusal(409, 'Conflict', 'File exists')])(
    'says when one of that name is there',
    async (step) => {
      await withScript([step], async ({ client }) => {
        expect(await client.uploadToLibrary({ ...UPLOAD, replace: 'keep' })).toMatchObject({ outcome: 'exists' });
      });
    },
  );

  it('throws every other refusal, and a lost answer, after one request', async () => {
    for (const [step, expected] of [
      [refusal(400, 'InvalidRequestBody', 'Request body is incorrect'), { status: 400, effect: 'none' }],
      [{ status: 502 }, { status: 502, effect: 'unknown' }],
      [{ status: 200 }, { code: 'UnreadableAnswer', effect: 'unknown' }],
      ['reset', { code: 'NoAnswer', effect: 'unknown' }],
    ] as const) {
      await withScript([step], async ({ client, arrived }) => {
        await expect(client.uploadToLibrary(UPLOAD)).rejects.toMatchObject(expected);
        expect(arrived).toHaveLength(1);
      });
    }
  });

  it('sends the form again in full after a token was renewed', async () => {
    const tokens = { getToken: async () => 'old-token', renewToken: async () => 'new-token', countRenewals: () => 1 };
    await withScript(
      [{ status: 401 }, json(200, ENTITY)],
      async ({ client, arrived }) => {
        expect(await client.uploadToLibrary(UPLOAD)).toMatchObject({ outcome: 'uploaded' });
        expect(arrived.map((call) => call.headers.authorization)).toEqual(['Bearer old-token', 'Bearer new-token']);
        expect(arrived[1]?.body).toContain('Write-Output');
      },
      { tokens },
    );
  });

  it.each([
    ['a name with a space', { fileName: 'hello copy.sh' }],
    ['a name with a path', { fileName: '../x.ps1' }],
    ['an empty name', { fileName: '' }],
    ['a hidden name', { fileName: '.x' }],
    ['more than 20 MB', { content: new Uint8Array(20 * 1024 * 1024 + 1) }],
  ])('sends nothing for %s', async (_, difference) => {
    await withScript([], async ({ client, arrived }) => {
      await expect(client.uploadToLibrary({ ...UPLOAD, ...difference })).rejects.toMatchObject({
        code: 'InvalidArgument',
      });
      expect(arrived).toEqual([]);
    });
  });
});

describe('deleteFromLibrary', () => {
  it('deletes by name', async () => {
    await withScript([{ status: 204 }, refusal(404, 'ResourceNotFound', 'no')], async ({ client, arrived }) => {
      expect(await client.deleteFromLibrary('hello copy.sh')).toEqual({ outcome: 'deleted' });
      expect(await client.deleteFromLibrary('a/../b')).toEqual({ outcome: 'not found' });
      expect(arrived).toMatchObject([
        { method: 'DELETE', url: '/api/libraryfiles/hello%20copy.sh' },
        { method: 'DELETE', url: '/api/libraryfiles/a%2F..%2Fb' },
      ]);
    });
  });

  it.each(['', '.', '..', 'a\nb'])('sends nothing for the name %j', async (name) => {
    await withScript([], async ({ client, arrived }) => {
      await expect(client.deleteFromLibrary(name)).rejects.toMatchObject({ code: 'InvalidArgument' });
      expect(arrived).toEqual([]);
    });
  });
});
