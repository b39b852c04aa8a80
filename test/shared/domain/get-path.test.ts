import { describe, expect, it } from 'vitest';
import { judgePath } from '../../../shared/domain/get-path.ts';

describe('judgePath', () => {
  it.each([
    ['/var/log/auth.log', 'unix'],
    ['/tmp/with space and \\backslash', 'unix'],
    ['C:\\Windows\\System32\\winevt\\Logs\\Security.evtx', 'windows'],
    ['d:\\contexts\\Ünïcödé.bin', 'windows'],
  ])('%s is a path of %s', (path, judgement) => {
    expect(judgePath(path)).toEqual({ judgement });
  });

  it.each([
    ['relative\\file', /absolute/],
    ['C:relative', /absolute/],
    ['\\\\server\\share\\x', /network or device/],
    ['//server/share/x', /network or device/],
    ['\\\\?\\C:\\x', /network or device/],
    ['\\\\.\\PhysicalDrive0', /network or device/],
    ['C:\\a\\..\\b', /\.\./],
    ['/var/../etc/shadow', /\.\./],
    ['/var/./x', /\. or \.\./],
    ['C:\\x.txt:stream', /alternate stream/],
    ['C:\\*.exe', /wildcard/],
    ['/tmp/?', /wildcard/],
    ['/tmp/[ab]', /wildcard/],
    ['C:\\a\\NUL', /reserves/],
    ['C:\\com1.txt', /reserves/],
    ['C:\\x.', /dot or a space/],
    ['C:\\x \\y', /dot or a space/],
    ['C:\\a/b', /no Windows path/],
    ['C:\\a\\\\b', /empty/],
    ['C:\\', /empty/],
    ['/tmp//x', /empty/],
    ['/tmp/', /empty/],
    ['/dev/mem', /device/],
    ['/proc/1/mem', /device/],
    ['/tmp/a\nb', /control/],
    ['/tmp/\u202egpj.exe', /direction/],
    ['C:\\a\u200bb', /invisible/],
    ['', /absolute/],
  ])('refuses %j', (path, why) => {
    expect(judgePath(path)).toEqual({ judgement: 'refused', why: expect.stringMatching(why) });
  });
});
