import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { answerAttachment, nameDownload, readEvidencePath } from '../../../shared/doors/attachment.ts';

it.each([
  ['report.html', 'report.html'],
  ['data/alert/alert.json', 'data/alert/alert.json'],
  ['data/0-1-getfile/content', 'data/0-1-getfile/content'],
  ['', null],
  [undefined, null],
  ['../other/report.html', null],
  ['data/../../x', null],
  ['data//x', null],
  ['/data/x', null],
  ['data/x/', null],
  ['data%2Falert%2falert.json', 'data/alert/alert.json'],
  ['data%252Fx', null],
  ['..%2Fother', null],
  ['data%2F..%2Fx', null],
  ['data%2F%2Fx', null],
  ['%2Fdata', null],
  ['data%5Cx', null],
  ['data\\x', null],
  ['.hidden', null],
  ['data/x"\r\nset-cookie: a', null],
  ['a'.repeat(200), null],
])('of the route %j the path is %j', (item, path) => {
  expect(readEvidencePath(item)).toBe(path);
});

it('is a download that nothing opens', () => {
  const name = nameDownload('c'.repeat(32), 'data/alert/alert.json');
  const { status, headers } = answerAttachment(name, { content: Readable.from([]), bytes: 7 });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${'c'.repeat(32)}_data_alert_alert.json.evidence"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-length': '7',
  });
});
