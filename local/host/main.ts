import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { leaveWithNpm } from '../leave-with-npm.ts';
import type { HostedFunction } from './describe-functions.ts';
import { printLogLine } from './print-log-line.ts';
import { readLocalSettings } from './read-local-settings.ts';
import { startHost } from './start-host.ts';

const usage = `Usage: npm run host -- [--port N] [--app FILE]

  --port N     listen on port N of 127.0.0.1; 0 takes a free one (default 7071)
  --app FILE   the app to host (default dist/app.mjs)

Settings come from the environment, and where it has none from local.settings.json.`;

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/** Packages are signed here as they are in Azure, by a key of this machine; an empty setting leaves them unsigned. */
const byDefault = { SIGNING_KEY_ID: new URL('../../.local/signing-key.pem', import.meta.url).href };

function parseGiven() {
  try {
    return parseArgs({
      options: { port: { type: 'string', default: '7071' }, app: { type: 'string' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

function readArguments(): { port: number; appFile: string } {
  const { values } = parseGiven();
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, not "${values.port}".\n\n${usage}`);
  }
  return { port, appFile: values.app ?? `${packageFolder}dist/app.mjs` };
}

function describeFunction(hosted: HostedFunction): string {
  switch (hosted.trigger) {
    case 'httpTrigger':
      return `${hosted.methods.join(',')} ${hosted.url}`;
    case 'timerTrigger':
      return hosted.schedule;
    case 'eventGridTrigger':
      return `POST ${hosted.url}`;
    case 'blobTrigger':
      return `${hosted.path}, or POST ${hosted.url}`;
    default:
      return hosted satisfies never;
  }
}

async function main(): Promise<void> {
  const { port, appFile } = readArguments();
  const settings = { ...byDefault, ...readLocalSettings(`${packageFolder}local.settings.json`), ...process.env };
  const host = await startHost({ appFile, port, settings, log: printLogLine });
  /** Under npm a Ctrl-C arrives twice, from the terminal and from npm, so only the first one counts. */
  const stop = (): void => {
    host.close().then(() => process.exit(0), endWithError);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  leaveWithNpm(stop);
  for (const hosted of host.functions) console.log(`${hosted.name} ${hosted.trigger} ${describeFunction(hosted)}`);
  console.log(`Listening on ${host.url}`);
}

function endWithError(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

main().catch(endWithError);
