import * as z from 'zod';
import { ALERT_STATUSES, type AlertStatus } from './defender/alerts.ts';
import { findBaseUrlFault } from './defender/base-url.ts';
import { CLOUD_NAMES, CLOUDS, type CloudName } from './defender/clouds.ts';
import type { DefenderIdentity } from './defender/identity.ts';
import type { Vouching } from './doors/read-principal.ts';
import { SEVERITIES, type Severity } from './domain/alert.ts';
import { readSigningPlace, type SigningPlace } from './evidence/signing-place.ts';
import type { Mode } from './pipeline/ports.ts';
import { readIdentity } from './read-identity.ts';
import { readStorageAddress } from './read-storage-address.ts';

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
  /** Where overrides of profiles lie, null where there are none. */
  readonly configStorage: StorageAddress | null;
  readonly defenderCloud: CloudName;
  readonly defenderApiUrl: string;
  readonly defenderScope: string;
  readonly defenderIdentity: DefenderIdentity;
  readonly defenderTenantId: string | null;
  readonly resultLinkHosts: readonly string[];
  readonly startsPerMinute: number;
  readonly sessions: number;
  readonly callsPerMinute: number;
  readonly callsPerHour: number;
  readonly pollSchedule: string;
  /** When old packages are checked, and after how many days each is checked again. */
  readonly fixitySchedule: string;
  readonly fixityDays: number;
  readonly pendingLimitMinutes: number;
  readonly mergeMinutes: number;
  readonly deadlineHours: number;
  readonly mode: Mode;
  /** How many alerts a caller without the role Operate may send in a day (UTC). */
  readonly submitDailyLimit: number;
  /** Which alerts are looked for, and when; null where nobody looks. */
  readonly discovery: Discovery | null;
  readonly signingPlace: SigningPlace;
  readonly commentOnAlert: 'on' | 'off';
  /** Where events are published to, null for nowhere. */
  readonly completionTopicEndpoint: string | null;
  /** The root of the app's own API as others see it, null where it is not known. */
  readonly apiRoot: string | null;
  /** The user-assigned identity of the app, null for the system-assigned one. */
  readonly ownClientId: string | null;
  readonly authLevel: 'anonymous' | 'function';
  /** Who says who calls: Azure's authentication, a function key, or nobody on the loopback address. */
  readonly vouching: Vouching;
}

/** Which alerts are discovered, and when. */
export interface Discovery {
  readonly schedule: string;
  readonly severities: readonly Severity[];
  readonly statuses: readonly AlertStatus[];
}

/** Environment variables as the platform gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const schedule = z.string().regex(/^(\S+\s+){4,5}\S+$/, 'a schedule of five or six fields such as */15 * * * * *');

/** A comma list of some of these names, in any casing. */
const someOf = <T extends string>(names: readonly T[]) =>
  z.string().transform((text, context): readonly T[] => {
    const wanted = splitList(text).map((part) => part.toLowerCase());
    const known = names.filter((name) => wanted.includes(name.toLowerCase()));
    if (known.length === new Set(wanted).size && known.length > 0) return known;
    context.addIssue({ code: 'custom', message: `a comma list of any of ${names.join(', ')}` });
    return z.NEVER;
  });

const LINK_HOST = String.raw`\.?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?`;
const LINK_HOSTS = new RegExp(`^\\s*(?:${LINK_HOST})(?:\\s*,\\s*(?:${LINK_HOST}))*\\s*,?\\s*$`);

const TOPIC_ENDPOINT =
  /^(?:https:\/\/[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|http:\/\/(?:127\.0\.0\.1|localhost)(?::\d{1,5})?)\/[\w/.-]*$/;

const schema = z.object({
  DEFENDER_CLOUD: z.string().trim().toLowerCase().pipe(z.enum(CLOUD_NAMES)).default('commercial'),
  DEFENDER_API_URL: z
    .string()
    .trim()
    .superRefine((text, context) => {
      const wrong = findBaseUrlFault(text);
      if (wrong !== null) context.addIssue({ code: 'custom', message: `it ${wrong}` });
    })
    .optional(),
  DEFENDER_SCOPE: z
    .string()
    .trim()
    .regex(/^\S+\/\.default$/, 'a resource followed by /.default')
    .optional(),
  DEFENDER_TENANT_ID: z.string().trim().pipe(z.guid()).optional(),
  RESULT_LINK_HOSTS: z
    .string()
    .regex(
      LINK_HOSTS,
      'a comma list of hosts, of suffixes that begin with a dot, or of loopback origins such as http://127.0.0.1',
    )
    .optional(),
  LIVE_RESPONSE_CALLS_PER_MINUTE: whole(1, 100).default(10),
  LIVE_RESPONSE_SESSIONS: whole(1, 100).default(20),
  API_CALLS_PER_MINUTE: whole(1, 1_000).default(100),
  API_CALLS_PER_HOUR: whole(1, 60_000).default(1_500),
  POLL_SCHEDULE: schedule.default('*/15 * * * * *'),
  FIXITY_SCHEDULE: schedule.default('0 30 2 * * *'),
  FIXITY_DAYS: whole(0, 3_650).default(30),
  DISCOVER_ALERTS: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.enum(['true', 'false']))
    .default('false'),
  DISCOVER_SCHEDULE: schedule.default('30 * * * * *'),
  DISCOVER_SEVERITIES: someOf(SEVERITIES).default(['Medium', 'High']),
  DISCOVER_STATUSES: someOf(ALERT_STATUSES).default(['New', 'InProgress']),
  PENDING_LIMIT_MINUTES: whole(1, 3 * 24 * 60).default(20),
  MERGE_MINUTES: whole(0, 24 * 60).default(60),
  COLLECTION_DEADLINE_HOURS: z.coerce
    .number()
    .min(0.05)
    .max(24 * 30)
    .default(72),
  SUBMIT_DAILY_LIMIT: whole(1, 1_000_000).default(2_000),
  MODE: z.enum(['off', 'observe', 'collect']).default('collect'),
  SIGNING_KEY_ID: z
    .string()
    .trim()
    .transform((text, context): SigningPlace => {
      const read = readSigningPlace(text);
      if (read.outcome === 'read') return read.place;
      context.addIssue({ code: 'custom', message: read.fault });
      return z.NEVER;
    })
    .default({ at: 'nowhere' }),
  COMMENT_ON_ALERT: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
  COMPLETION_TOPIC_ENDPOINT: z
    .string()
    .trim()
    .regex(
      TOPIC_ENDPOINT,
      "the topic's endpoint, such as https://topic.region-1.eventgrid.azure.net/api/events, or one on a loopback address",
    )
    .optional(),
  AZURE_CLIENT_ID: z.string().trim().optional(),
  /** Set by the platform (App Service: environment variables). */
  WEBSITE_SITE_NAME: z.string().optional(),
  WEBSITE_HOSTNAME: z
    .string()
    .regex(/^[A-Za-z0-9.-]+(?::\d{1,5})?$/)
    .optional()
    .catch(undefined),
  WEBSITE_AUTH_ENABLED: z.string().optional(),
  /** Set by the local host, which listens on a loopback address and nowhere else. */
  HOST_LISTENS_ON: z.string().optional(),
});

/** Reads the settings; everything that is missing or wrong is named in one error. */
export function readSettings(environment: Environment): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = schema.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const stateStorage = readStorageAddress(given, 'StateStorage', 'blobs and tables', faults);
  const evidenceStorage = readStorageAddress(given, 'EvidenceStorage', 'blobs', faults);
  const hasConfig = given['ConfigStorage'] !== undefined || given['ConfigStorage__blobServiceUri'] !== undefined;
  const configStorage = hasConfig ? readStorageAddress(given, 'ConfigStorage', 'blobs', faults) : null;
  const defenderIdentity = readIdentity(given, faults);
  if (parsed.data?.SIGNING_KEY_ID.at === 'file' && parsed.data.WEBSITE_SITE_NAME !== undefined)
    faults.push(
      'SIGNING_KEY_ID: a key in a file is for runs on a machine of your own; give that of a key in a Key Vault',
    );
  if (
    !parsed.success ||
    stateStorage === null ||
    evidenceStorage === null ||
    defenderIdentity === null ||
    faults.length > 0
  ) {
    throw new Error(
      `The collector cannot start, as its settings are not complete:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\nSet them in the app's settings (locally: in the environment or in local.settings.json) and start again.`,
    );
  }
  const { data } = parsed;
  const cloud = CLOUDS[data.DEFENDER_CLOUD];
  const isAuthenticated = data.WEBSITE_AUTH_ENABLED?.toLowerCase() === 'true';
  const isLoopback = data.HOST_LISTENS_ON === 'loopback' && data.WEBSITE_SITE_NAME === undefined;
  return {
    stateStorage,
    evidenceStorage,
    configStorage,
    defenderCloud: data.DEFENDER_CLOUD,
    defenderApiUrl: (data.DEFENDER_API_URL ?? cloud.apiUrl).replace(/\/+$/, ''),
    defenderScope: data.DEFENDER_SCOPE ?? cloud.scope,
    defenderIdentity,
    defenderTenantId: data.DEFENDER_TENANT_ID ?? null,
    resultLinkHosts: data.RESULT_LINK_HOSTS === undefined ? cloud.linkHosts : splitList(data.RESULT_LINK_HOSTS),
    startsPerMinute: data.LIVE_RESPONSE_CALLS_PER_MINUTE,
    sessions: data.LIVE_RESPONSE_SESSIONS,
    callsPerMinute: data.API_CALLS_PER_MINUTE,
    callsPerHour: data.API_CALLS_PER_HOUR,
    pollSchedule: data.POLL_SCHEDULE,
    fixitySchedule: data.FIXITY_SCHEDULE,
    fixityDays: data.FIXITY_DAYS,
    pendingLimitMinutes: data.PENDING_LIMIT_MINUTES,
    mergeMinutes: data.MERGE_MINUTES,
    deadlineHours: data.COLLECTION_DEADLINE_HOURS,
    mode: data.MODE,
    submitDailyLimit: data.SUBMIT_DAILY_LIMIT,
    discovery:
      data.DISCOVER_ALERTS === 'false'
        ? null
        : {
            schedule: data.DISCOVER_SCHEDULE,
            severities: data.DISCOVER_SEVERITIES,
            statuses: data.DISCOVER_STATUSES,
          },
    signingPlace: data.SIGNING_KEY_ID,
    commentOnAlert: data.COMMENT_ON_ALERT ? 'on' : 'off',
    completionTopicEndpoint: data.COMPLETION_TOPIC_ENDPOINT ?? null,
    apiRoot: data.WEBSITE_HOSTNAME === undefined ? null : `https://${data.WEBSITE_HOSTNAME}/api`,
    ownClientId: data.AZURE_CLIENT_ID ?? null,
    authLevel: isAuthenticated ? 'anonymous' : 'function',
    vouching: isAuthenticated ? 'by the platform' : isLoopback ? 'by loopback' : 'by a key',
  };
}

function splitList(text: string): readonly string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}
