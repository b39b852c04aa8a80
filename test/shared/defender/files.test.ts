import { describe, expect, it } from 'vitest';
import { json, refusal, withScript } from './scripted-server.ts';

const ID = '636688558380765161_2136280442';

const BODY = `{
    "@odata.context": "https://api.securitycenter.microsoft.com/api/$metadata#Files",
    "value": [
        {
            "sha1": "f2a00fd2f2de1be0214b8529f1e9f67096c1aa70",
            "sha256": "dcd71ef5fff4362a9f64cf3f96f14f2b11d6f428f3badbedcb9ff3361e7079aa",
            "md5": "8d5b7cc9a832e21d22503057e1fec8e9",
            "globalPrevalence": 29,
            "globalFirstObserved": "2019-03-23T23:54:06.0135204Z",
            "globalLastObserved": "2019-04-23T00:43:20.0489831Z",
            "size": 113984,
            "fileType": null,
            "isPeFile": true,
            "filePublisher": "Microsoft Corporation",
            "fileProductName": "Microsoft© Windows© Operating System",
            "signer": "Microsoft Corporation",
            "issuer": "Microsoft Code Signing PCA",
            "signerHash": "9dc17888b5cfad98b3cb35c1994e96227f061675",
            "isValidCertificate": true,
            "determinationType": "Unknown",
            "determinationValue": null
        }
    ]
}`;

describe('getAlertFiles', () => {
  it('reads hashes, size and signer of the founding sample', async () => {
    await withScript([{ status: 200, body: BODY }], async ({ client, arrived }) => {
      expect(await client.getAlertFiles(ID)).toEqual({
        outcome: 'found',
        raw: BODY,
        files: [
          {
            path: null,
            sha1: 'f2a00fd2f2de1be0214b8529f1e9f67096c1aa70',
            sha256: 'dcd71ef5fff4362a9f64cf3f96f14f2b11d6f428f3badbedcb9ff3361e7079aa',
            md5: '8d5b7cc9a832e21d22503057e1fec8e9',
            sizeBytes: 113_984,
            signer: 'Microsoft Corporation',
            publisher: 'Microsoft Corporation',
          },
        ],
      });
      expect(arrived).toMatchObject([{ method: 'GET', url: `/api/alerts/${ID}/files` }]);
    });
  });

  it('reads nulls, absent fields and rows that are none', async () => {
    await withScript([json(200, { value: [{ sha1: null, size: null }, null, {}] })], async ({ client }) => {
      const nothing = { path: null, sha1: null, sha256: null, md5: null, sizeBytes: null };
      expect(await client.getAlertFiles(ID)).toMatchObject({ files: [nothing, nothing] });
    });
  });

  it('follows a next link, and gives each page as it was sent', async () => {
    const first = json(200, { value: [{ size: 1 }], '@odata.nextLink': `/api/alerts/${ID}/files?$skip=1` });
    await withScript([first, json(200, { value: [{ size: 2 }] })], async ({ client }) => {
      const found = await client.getAlertFiles(ID);
      expect(found).toMatchObject({ files: [{ sizeBytes: 1 }, { sizeBytes: 2 }] });
      const pages = found.outcome === 'found' ? found.raw.split('\n').map((page) => JSON.parse(page)) : [];
      expect(pages).toMatchObject([{ value: [{ size: 1 }] }, { value: [{ size: 2 }] }]);
    });
  });

  it('tells an alert without files from an alert that Defender does not know', async () => {
    await withScript([json(200, { value: [] }), refusal(404, 'ResourceNotFound', 'no')], async ({ client }) => {
      expect(await client.getAlertFiles(ID)).toMatchObject({ outcome: 'found', files: [] });
      expect(await client.getAlertFiles(ID)).toEqual({ outcome: 'not found' });
    });
  });
});
