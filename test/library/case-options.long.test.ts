import { mkdtemp, readFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareCases } from './case-script.ts';
import { removeAll, runScript, unpack } from './linux-machine.ts';
import { encodeRequest, folderOf, newCollection } from './script-contract.ts';

test.each(['bash', 'dash'])(
  'in %s, the options by case collect what they name, and of secrets no content',
  {
    timeout: 240_000,
  },
  async (shell) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'case-'));
    try {
      const plant = `mkdir -p www 'home/a b/.config/google-chrome/Default' 'home/a b/.ssh' home/c
printf '<?php x' >'www/$(id) "shell".php'
printf '<?php y' >"www/-rf.php"
printf '<?php z' >"www/$(printf 'a\\nb\\\\n.php')"
printf plain >www/page.html
ln -s /etc/shadow www/link.php
mkfifo www/pipe.php
printf 'pay us' >'home/c/HOW_TO_DECRYPT $(files).txt'
head -c 4000 /dev/urandom >home/c/book.xlsx.lockbit3
printf secret-of-the-store >'home/a b/.config/google-chrome/Default/Login Data'
printf visited >'home/a b/.config/google-chrome/Default/History'
printf secret-of-the-key >'home/a b/.ssh/id_x'
printf 'curl x\\n' >'home/a b/.bash_history'`;
      execFileSync('sh', ['-c', plant], { cwd: folder });
      const script = await prepareCases(folder);
      const options = ['web-shell', 'ransomware', 'infostealer', 'hands-on-keyboard'];
      const { run, answer } = await runScript(shell, [encodeRequest({ collection, options })], { script });
      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(answer.ok).toBe(true);
      const goings: (() => Promise<void>)[] = [];
      const { index, folder: unpacked } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, (act) =>
        goings.push(act),
      );
      const pathsOf = (category: string) =>
        index.rows
          .filter((row) => row.category === category && row.status === 'collected' && row.path !== null)
          .map((row) =>
            Buffer.from(row.path ?? '', 'base64url')
              .toString()
              .replace(`${folder}/`, ''),
          )
          .toSorted();
      expect(pathsOf('web file')).toEqual(['www/$(id) "shell".php', 'www/-rf.php', 'www/a\nb\\n.php']);
      expect(pathsOf('ransom note')).toEqual(['home/c/HOW_TO_DECRYPT $(files).txt']);
      expect(pathsOf('encrypted sample')).toEqual(['home/c/book.xlsx.lockbit3']);
      expect(pathsOf('history')).toContain('home/a b/.bash_history');
      expect(pathsOf('history')).toContain('home/a b/.config/google-chrome/Default/History');
      const listing = index.rows.find((row) => row.source.includes('stores of secrets'));
      expect(await readFile(join(unpacked, listing?.stored ?? ''), 'latin1')).toContain('Login Data');
      expect(index.rows.filter((row) => row.category === 'option')).toEqual([]);
      // Nothing of a store of secrets is in any artifact.
      const held = execFileSync('sh', ['-c', 'grep -rl secret-of-the "$1" || true', 'sh', unpacked], {
        encoding: 'utf8',
      });
      expect(held).toBe('');
      for (const go of goings) await go();
    } finally {
      await removeAll([folder, folderOf(collection)]);
    }
  },
);
