import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

/** A running storage emulator: its connection string, the URL of each service (with the account, no final slash), and `close`, which ends it and waits until its files are written. */
export type Azurite = {
  connectionString: string;
  blobUrl: string;
  queueUrl: string;
  tableUrl: string;
  close(): Promise<void>;
};

/** Where the emulator keeps its data (a folder; in memory when absent) and its TCP ports (free ones when absent). */
export type AzuriteOptions = {
  folder?: string;
  ports?: { blob: number; queue: number; table: number };
};

/** The emulator's only account, and its key, which Microsoft publishes: https://learn.microsoft.com/azure/storage/common/storage-use-azurite */
const accountName = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;

/**
 * Loaded into the emulator's process. When the channel to us is gone (closed, or we were killed) it shuts down by its own
 * SIGTERM handler; a real SIGTERM would on Windows end it before its files are written. Ctrl-C reaches the whole process
 * group, but the app still needs storage to finish what runs, so the emulator's SIGINT handler is taken away.
 */
const endWithParent = `
process.once('disconnect', () => {
  if (!process.emit('SIGTERM')) process.exit();
  setTimeout(() => process.exit(), 5_000).unref();
});
process.on('SIGINT', () => {});
process.on('newListener', (event, listener) => {
  if (event === 'SIGINT') setImmediate(() => process.off(event, listener));
});`;

/** Starts Azurite's blob, queue and table services on 127.0.0.1 in a child process that ends with this one, and resolves when all three listen; rejects with Azurite's own words when it cannot start. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const ports = options.ports ?? { blob: 0, queue: 0, table: 0 };
  const entry = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const child = fork(
    entry,
    [
      ...(options.folder === undefined ? ['--inMemoryPersistence'] : ['--location', options.folder]),
      ...['--silent', '--skipApiVersionCheck', '--disableTelemetry'],
      ...['--blobPort', `${ports.blob}`, '--queuePort', `${ports.queue}`, '--tablePort', `${ports.table}`],
    ],
    { execArgv: [`--import=data:text/javascript,${encodeURIComponent(endWithParent)}`], silent: true },
  );
  const ended = once(child, 'exit');

  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (child.connected) child.disconnect();
    const kill = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(kill);
  };

  let said = '';
  const listening = new Promise<Map<string, string>>((resolve) => {
    const hear = (chunk: Buffer): void => {
      said = `${said}${chunk}`.slice(-4_000);
      const urls = findServiceUrls(said);
      if (urls.size === 3) resolve(urls);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
  });
  let timer: NodeJS.Timeout | undefined;
  const urls = await Promise.race([
    listening,
    ended.then(() => 'ended' as const),
    new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, startTimeoutMs, 'late');
    }),
  ]);
  clearTimeout(timer);

  if (urls === 'late' || urls === 'ended') {
    await close();
    const why =
      urls === 'late' ? `it was not up after ${startTimeoutMs / 1_000} s` : `it ended at once: ${said.trim()}`;
    throw new Error(
      `The storage emulator (Azurite) did not start: ${why}. Look whether another one runs on the ports ${ports.blob}, ${ports.queue}, ${ports.table}, and stop it or choose other ports.`,
    );
  }

  const [blobUrl = '', queueUrl = '', tableUrl = ''] = ['Blob', 'Queue', 'Table'].map((service) => urls.get(service));
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${accountName}`,
      `AccountKey=${accountKey}`,
      `BlobEndpoint=${blobUrl}`,
      `QueueEndpoint=${queueUrl}`,
      `TableEndpoint=${tableUrl}`,
      '',
    ].join(';'),
    blobUrl,
    queueUrl,
    tableUrl,
    close,
  };
}

function findServiceUrls(output: string): Map<string, string> {
  const lines = output.matchAll(/^Azurite (\w+) service is successfully listening at (\S+)$/gm);
  return new Map(Array.from(lines, ([, service = '', url = '']) => [service, `${url}/${accountName}`]));
}
