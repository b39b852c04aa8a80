import { lstat, mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeAll, runScript } from './linux-machine.ts';
import { encodeRequest, encodeText, folderOf, newCollection } from './script-contract.ts';

const id = '0123456789abcdef0123456789abcdef';
const archive = `${folderOf(id)}/evidence.tar.gz`;
const good = {
  v: 1,
  collection: id,
  session: 0,
  archive,
  limitBytes: 52_428_800,
  limitSeconds: 480,
  files: [{ path: 'L2E', sha256: '' }],
};
const text = JSON.stringify(good);

function encode(request: unknown): string {
  return encodeText(typeof request === 'string' ? request : JSON.stringify(request));
}

const refused: { why: string; argument: string; reason: RegExp }[] = [
  { why: 'an empty argument', argument: '', reason: /not base64url/ },
  { why: 'not base64url: a plus', argument: `${encode(good)}+`, reason: /not base64url/ },
  { why: 'not base64url: padding', argument: `${encode(good)}=`, reason: /not base64url/ },
  { why: 'a command instead of base64url', argument: '$(touch /tmp/pwned)', reason: /not base64url/ },
  { why: 'too long', argument: 'A'.repeat(8001), reason: /more than 8000 characters/ },
  { why: 'bytes that are not text', argument: Buffer.from([0x7b, 0, 0xff]).toString('base64url'), reason: /ASCII/ },
  { why: 'an impossible length of base64url', argument: 'AAAAA', reason: /version 1|ASCII/ },
  { why: 'white space in the JSON', argument: encode(JSON.stringify(good, null, 1)), reason: /white space/ },
  { why: 'a zero byte in the JSON', argument: encode(text.replace('"v"', '"\u0000v"')), reason: /ASCII/ },
  { why: 'something after the JSON', argument: encode(`${text}x`), reason: /files/ },
  { why: 'a line break after the JSON', argument: encode(`${text}\n`), reason: /white space/ },
  { why: 'version 2', argument: encode({ ...good, v: 2 }), reason: /version 1/ },
  {
    why: 'another order of keys',
    argument: encode(text.replace('"v":1,', '').replace(/}$/, ',"v":1}')),
    reason: /version 1/,
  },
  { why: 'a short collection', argument: encode({ ...good, collection: 'abc' }), reason: /32 hex digits/ },
  {
    why: 'a collection tried too often',
    argument: encode({ ...good, collection: `${id}-r1000` }),
    reason: /32 hex digits/,
  },
  {
    why: 'a collection with more behind it',
    argument: encode({ ...good, collection: `${id}-x1` }),
    reason: /32 hex digits/,
  },
  {
    why: 'a collection in capitals',
    argument: encode({ ...good, collection: id.toUpperCase() }),
    reason: /32 hex digits/,
  },
  {
    why: 'a collection that climbs',
    argument: encode({ ...good, collection: '../../../../../../etc/cron.d/x01' }),
    reason: /32 hex digits/,
  },
  {
    why: 'a session with a leading zero',
    argument: encode(text.replace('"session":0', '"session":00')),
    reason: /session/,
  },
  { why: 'a session below 0', argument: encode({ ...good, session: -1 }), reason: /session/ },
  { why: 'a session above 999', argument: encode({ ...good, session: 1000 }), reason: /session/ },
  { why: 'a session that is text', argument: encode({ ...good, session: '0' }), reason: /session/ },
  {
    why: 'an archive elsewhere',
    argument: encode({ ...good, archive: '/etc/cron.d/evidence.tar.gz' }),
    reason: /only place allowed/,
  },
  {
    why: 'an archive of another collection',
    argument: encode({ ...good, archive: archive.replace('0123', 'ffff') }),
    reason: /only place allowed/,
  },
  { why: 'an archive of another session', argument: encode({ ...good, session: 1 }), reason: /only place allowed/ },
  {
    why: 'an archive that climbs',
    argument: encode({ ...good, archive: `/var/tmp/../${archive}` }),
    reason: /only place allowed/,
  },
  { why: 'limitBytes too small', argument: encode({ ...good, limitBytes: 1000 }), reason: /limitBytes/ },
  { why: 'limitBytes too large', argument: encode({ ...good, limitBytes: 4_000_000_000 }), reason: /limitBytes/ },
  {
    why: 'limitBytes beyond 64 bits',
    argument: encode(text.replace('52428800', '99999999999999999999')),
    reason: /limitBytes/,
  },
  { why: 'limitBytes that computes', argument: encode(text.replace('52428800', 'a[$(id)]')), reason: /limitBytes/ },
  {
    why: 'limitSeconds of detached work without the option',
    argument: encode({ ...good, limitSeconds: 14_400 }),
    reason: /not detached/,
  },
  {
    why: 'limitSeconds too large for detached work',
    argument: encode({ ...good, limitSeconds: 14_401, options: ['detached'] }),
    reason: /limitSeconds/,
  },
  { why: 'no options, but their key', argument: encode({ ...good, options: [] }), reason: /options/ },
  { why: 'an option in capitals', argument: encode({ ...good, options: ['Web-shell'] }), reason: /options/ },
  { why: 'an option that is a pattern', argument: encode({ ...good, options: ['*'] }), reason: /options/ },
  { why: 'an option that is a command', argument: encode({ ...good, options: ['$(id)'] }), reason: /options/ },
  { why: 'an option that is a number', argument: encode({ ...good, options: [1] }), reason: /options/ },
  { why: 'an option too long', argument: encode({ ...good, options: ['a'.repeat(41)] }), reason: /options/ },
  { why: 'options that are a word', argument: encode({ ...good, options: 'web-shell' }), reason: /options/ },
  {
    why: 'options before the files',
    argument: encode(text.replace(/,"files":.*$/, ',"options":["web-shell"],"files":[]}')),
    reason: /files/,
  },
  { why: 'a key after the options', argument: encode({ ...good, options: ['a'], more: 1 }), reason: /options/ },
  { why: 'limitSeconds too small', argument: encode({ ...good, limitSeconds: 1 }), reason: /limitSeconds/ },
  { why: 'limitSeconds too large', argument: encode({ ...good, limitSeconds: 601 }), reason: /limitSeconds/ },
  { why: 'no files', argument: encode(text.replace(/,"files":.*$/, '}')), reason: /limitSeconds|files/ },
  {
    why: 'a file whose path is not base64url',
    argument: encode({ ...good, files: [{ path: '/etc/passwd', sha256: '' }] }),
    reason: /files of the request/,
  },
  {
    why: 'a file with half a hash',
    argument: encode({ ...good, files: [{ path: 'L2E', sha256: 'abcd' }] }),
    reason: /files of the request/,
  },
  {
    why: 'a file with another key',
    argument: encode({ ...good, files: [{ path: 'L2E', sha256: '', x: 1 }] }),
    reason: /files of the request/,
  },
  { why: 'files with a comma too many', argument: encode(text.replace('}]}', '},]}')), reason: /files of the request/ },
];

describe.each(['bash', 'dash'])('%s refuses, touches nothing and answers', (shell) => {
  test.each(refused)('$why', async ({ argument, reason }) => {
    const { run, answer } = await runScript(shell, [argument]);
    expect(answer.reason).toMatch(reason);
    expect(answer).toMatchObject({ ok: false, archive: null, items: 0, errors: 0, files: [] });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    await expect(lstat(folderOf(id))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each([{ args: [] }, { args: [encode(good), 'more'] }])('$args.length arguments', async ({ args }) => {
    const { answer } = await runScript(shell, args);
    expect(answer.ok).toBe(false);
    expect(answer.reason).toMatch(new RegExp(`one argument.*given ${args.length}`));
  });

  test('a folder that is there already, and leaves it as it was', async ({ onTestFinished }) => {
    const collection = newCollection();
    onTestFinished(() => removeAll([folderOf(collection)]));
    await mkdir(folderOf(collection));
    await writeFile(join(folderOf(collection), 'evidence.tar.gz'), 'of another run');
    const { run, answer } = await runScript(shell, [encodeRequest({ collection, files: [{ path: '/etc/hostname' }] })]);
    expect(answer).toMatchObject({ ok: false, archive: null });
    expect(answer.reason).toMatch(/exists already/);
    expect(answer.files).toEqual([
      { path: encodeText('/etc/hostname'), status: 'skipped', verdict: 'not comparable', sha256: null, bytes: null },
    ]);
    expect(run.exitCode).toBe(0);
    expect(await readdir(folderOf(collection))).toEqual(['evidence.tar.gz']);
  });

  test('a link in the place of the folder, and does not follow it', async ({ onTestFinished }) => {
    const collection = newCollection();
    const target = await mkdtemp(join(tmpdir(), 'link-target-'));
    onTestFinished(() => removeAll([folderOf(collection), target]));
    await symlink(target, folderOf(collection));
    const { answer } = await runScript(shell, [encodeRequest({ collection })]);
    expect(answer.reason).toMatch(/exists already/);
    expect(await readdir(target)).toEqual([]);
    expect((await lstat(folderOf(collection))).isSymbolicLink()).toBe(true);
  });
});
