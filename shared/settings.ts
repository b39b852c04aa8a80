import * as z from 'zod';
import type { Mode } from './pipeline/ports.ts';

/** Where a storage account is: by a connection string, or by service URIs and a managed identity. */
export type StorageAddress =
  | { readonly by: 'connection string'; readonly connectionString: string }
  | {
      readonly by: 'identity';
      readonly blobServiceUri: string;
      readonly tableServiceUri: string | null;
      readonly clientId: string | null;
    };

/** Everything that is set from outside. */
export interface Settings {
  readonly stateStorage: StorageAddress;
  readonly evidenceStorage: StorageAddress;
  readonly defenderApiUrl: string;
  readonly defenderScope: string;
  readonly defenderAccessToken: string | null;
  readonly defenderTenantId: string | null;
  readonly resultLinkHosts: readonly string[];
  readonly startsPerMinute: number;
  readonly sessions: number;
  readonly pollSchedule: string;
  readonly deadlineHours: number;
  readonly mode: Mode;
  readonly authLevel: 'anonymous' | 'function';
}

/** Environment variables as the platform gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const LINK_HOST = String.raw`\.?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?`;
const LINK_HOSTS = new RegExp(`^\\s*(?:${LINK_HOST})(?:\\s*,\\s*(?:${LINK_HOST}))*\\s*,?\\s*$`);

const schema = z.object({
  DEFENDER_API_URL: z.url({ protocol: /^https?$/ }).default('https://api.security.microsoft.com'),
  DEFENDER_SCOPE: z
    .string()
    .regex(/^\S+\/\.default$/, 'a resource followed by /.default')
    .default('https://api.securitycenter.microsoft.com/.default'),
  DEFENDER_ACCESS_TOKEN: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/, 'an access token has no spaces and only ASCII characters')
    .optional(),
  DEFENDER_TENANT_ID: z.guid().optional(),
  RESULT_LINK_HOSTS: z
    .string()
    .regex(
      LINK_HOSTS,
      'a comma list of hosts, of suffixes that begin with a dot, or of loopback origins such as http://127.0.0.1',
    )
    .default('.blob.core.windows.net'),
  LIVE_RESPONSE_CALLS_PER_MINUTE: whole(1, 100).default(10),
  LIVE_RESPONSE_SESSIONS: whole(1, 100).default(20),
  POLL_SCHEDULE: z
    .string()
    .regex(/^(\S+\s+){4,5}\S+$/, 'a schedule of five or six fields such as */15 * * * * *')
    .default('*/15 * * * * *'),
  COLLECTION_DEADLINE_HOURS: z.coerce
    .number()
    .min(0.05)
    .max(24 * 30)
    .default(72),
  MODE: z.enum(['off', 'observe', 'collect']).default('collect'),
  WEBSITE_AUTH_ENABLED: z.string().optional(),
});

/** Reads the settings; everything that is missing or wrong is named in one error. */
export function readSettings(environment: Environment): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = schema.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const stateStorage = readStorage(given, 'StateStorage', 'blobs and tables', faults);
  const evidenceStorage = readStorage(given, 'EvidenceStorage', 'blobs', faults);
  if (!parsed.success || stateStorage === null || evidenceStorage === null) {
    throw new Error(
      `The collector cannot start, as its settings are not complete:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\nSet them in the app's settings (locally: in the environment or in local.settings.json) and start again.`,
    );
  }
  const { data } = parsed;
  return {
    stateStorage,
    evidenceStorage,
    defenderApiUrl: data.DEFENDER_API_URL.replace(/\/+$/, ''),
    defenderScope: data.DEFENDER_SCOPE,
    defenderAccessToken: data.DEFENDER_ACCESS_TOKEN ?? null,
    defenderTenantId: data.DEFENDER_TENANT_ID ?? null,
    resultLinkHosts: data.RESULT_LINK_HOSTS.split(',').flatMap((host) => (host.trim() === '' ? [] : [host.trim()])),
    startsPerMinute: data.LIVE_RESPONSE_CALLS_PER_MINUTE,
    sessions: data.LIVE_RESPONSE_SESSIONS,
    pollSchedule: data.POLL_SCHEDULE,
    deadlineHours: data.COLLECTION_DEADLINE_HOURS,
    mode: data.MODE,
    authLevel: data.WEBSITE_AUTH_ENABLED?.toLowerCase() === 'true' ? 'anonymous' : 'function',
  };
}

/** One account by the platform's convention: a connection string in NAME, or NAME__blobServiceUri and its like with an identity. */
function readStorage(
  given: Environment,
  name: string,
  kinds: 'blobs' | 'blobs and tables',
  faults: string[],
): StorageAddress | null {
  const connectionString = given[name];
  if (connectionString !== undefined) {
    if (isConnectionString(connectionString)) return { by: 'connection string', connectionString };
    faults.push(
      `${name}: not a connection string of a storage account; copy it from the account's access keys, or use UseDevelopmentStorage=true`,
    );
    return null;
  }
  const blobServiceUri = given[`${name}__blobServiceUri`];
  const tableServiceUri = given[`${name}__tableServiceUri`] ?? null;
  if (blobServiceUri === undefined) {
    const uris = kinds === 'blobs' ? '' : ` and ${name}__tableServiceUri`;
    faults.push(
      `${name}: not set; give a connection string in ${name}, or ${name}__blobServiceUri${uris} with a managed identity`,
    );
    return null;
  }
  if (kinds === 'blobs and tables' && tableServiceUri === null) {
    faults.push(`${name}__tableServiceUri: not set; it is needed beside ${name}__blobServiceUri`);
    return null;
  }
  const wrong = [`${name}__blobServiceUri`, `${name}__tableServiceUri`].filter(
    (key) => given[key] !== undefined && !URL.canParse(given[key]),
  );
  for (const key of wrong) faults.push(`${key}: not a URL such as https://account.blob.core.windows.net`);
  if (wrong.length > 0) return null;
  return { by: 'identity', blobServiceUri, tableServiceUri, clientId: given[`${name}__clientId`] ?? null };
}

function isConnectionString(text: string): boolean {
  const keys = text.split(';').map((part) => part.split('=')[0]?.trim().toLowerCase() ?? '');
  return keys.includes('usedevelopmentstorage') || keys.includes('accountname') || keys.includes('blobendpoint');
}
