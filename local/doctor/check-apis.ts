import type { DefenderClient } from '../../shared/defender/client.ts';
import { DefenderError } from '../../shared/defender/errors.ts';
import { type EndpointName, PERMISSIONS } from '../../shared/defender/permissions.ts';
import type { LibraryFile } from '../../shared/domain/library-file.ts';
import { describeFault } from './describe-fault.ts';
import { type Finding, ok, unknown, wrong } from './finding.ts';

/** Ids that no tenant has: an answer that there is none shows that asking is allowed. */
const NO_ALERT = 'da0_0';
const NO_MACHINE = '0'.repeat(40);

/** What the API answered, and the library's list where it was given. */
export interface ApiFindings {
  readonly findings: readonly Finding[];
  readonly library: readonly LibraryFile[] | null;
}

/** Asks each API that only reads one harmless question; starting and cancelling are never tried. */
export async function checkApis(client: DefenderClient, now: Date): Promise<ApiFindings> {
  const since = now.toISOString();
  const list: { library: readonly LibraryFile[] | null } = { library: null };
  const calls: readonly (readonly [EndpointName, () => Promise<unknown>])[] = [
    ['list alerts', () => client.listAlerts({ updatedFrom: since })],
    ['get alert files', () => client.getAlertFiles(NO_ALERT)],
    ['get machine', () => client.getMachine(NO_MACHINE)],
    ['list machine actions', () => client.listActions({ createdFrom: since })],
    [
      'list library files',
      async () => {
        list.library = await client.listLibrary();
      },
    ],
  ];
  const findings = await Promise.all(calls.map(([endpoint, call]) => ask(endpoint, call)));
  return { findings, library: list.library };
}

async function ask(endpoint: EndpointName, call: () => Promise<unknown>): Promise<Finding> {
  const check = `api: ${endpoint}`;
  try {
    await call();
    return ok(check, 'Defender answers.');
  } catch (fault) {
    if (!(fault instanceof DefenderError)) return wrong(check, describeFault(fault), 'See the line of the token.');
    return judge(check, endpoint, fault);
  }
}

/** The message of a fault says already what happened and what to do; what passes by itself is not wrong. */
function judge(check: string, endpoint: EndpointName, { status, code, message }: DefenderError): Finding {
  if (status === 403)
    return wrong(
      check,
      `Defender answered 403 ${code}: ${PERMISSIONS[endpoint].join(' or ')} is not granted, or not in effect yet.`,
      'Grant it by infra/grant-permissions.sh, and see the line of the permissions.',
    );
  if (status === 401) return wrong(check, message, 'Get a token that Defender takes; see the line of the token.');
  if (status === 429 || (status !== null && status >= 500))
    return unknown(check, message, 'Run this again in a minute.');
  if (status === null)
    return wrong(check, message, 'Check DEFENDER_API_URL or DEFENDER_CLOUD, and that the network lets the app out.');
  return wrong(check, message, 'Check that DEFENDER_API_URL is the address of the API and of nothing else.');
}
