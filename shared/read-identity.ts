import * as z from 'zod';
import type { DefenderIdentity } from './defender/identity.ts';
import type { Environment } from './settings.ts';

const schema = z.object({
  DEFENDER_ACCESS_TOKEN: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/, 'an access token has no spaces and only ASCII characters')
    .optional(),
  DEFENDER_TENANT_ID: z.string().trim().optional(),
  DEFENDER_CLIENT_ID: z.string().trim().pipe(z.guid()).optional(),
  DEFENDER_CLIENT_SECRET: z.string().trim().optional(),
  DEFENDER_CLIENT_CERTIFICATE_PATH: z.string().trim().optional(),
  AZURE_CLIENT_ID: z.string().trim().pipe(z.guid()).optional(),
  /** Set by the platform where the app has a managed identity (App Service: use managed identities). */
  IDENTITY_ENDPOINT: z.string().optional(),
});

type Given = z.infer<typeof schema>;

/** As whom Defender is called; null with its faults added to the list when settings are wrong or contradict each other. */
export function readIdentity(environment: Environment, faults: string[]): DefenderIdentity | null {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
    return null;
  }
  const found = findContradictions(parsed.data);
  faults.push(...found);
  return found.length > 0 ? null : choose(parsed.data);
}

function findContradictions(given: Given): string[] {
  const faults: string[] = [];
  const { DEFENDER_CLIENT_ID: clientId, DEFENDER_ACCESS_TOKEN: token } = given;
  const proofs = (['DEFENDER_CLIENT_SECRET', 'DEFENDER_CLIENT_CERTIFICATE_PATH'] as const).filter(
    (name) => given[name] !== undefined,
  );
  if (clientId === undefined) {
    for (const name of proofs)
      faults.push(`${name}: it belongs to an app registration; set DEFENDER_CLIENT_ID as well, or remove it`);
  } else {
    if (given.DEFENDER_TENANT_ID === undefined)
      faults.push(
        "DEFENDER_TENANT_ID: not set; it is needed beside DEFENDER_CLIENT_ID, as the app registration's tenant",
      );
    if (token !== undefined)
      faults.push(
        'DEFENDER_ACCESS_TOKEN: set beside DEFENDER_CLIENT_ID; only one of them can be who calls Defender, remove the other',
      );
  }
  if (proofs.length > 1) faults.push(`${proofs.join(' and ')}: both are set; keep the one that is to be used`);
  return faults;
}

function choose(given: Given): DefenderIdentity {
  const { DEFENDER_TENANT_ID: tenantId, DEFENDER_CLIENT_ID: clientId } = given;
  const ownClientId = given.AZURE_CLIENT_ID ?? null;
  if (given.DEFENDER_ACCESS_TOKEN !== undefined) return { by: 'token', accessToken: given.DEFENDER_ACCESS_TOKEN };
  if (clientId !== undefined && tenantId !== undefined) {
    const { DEFENDER_CLIENT_SECRET: clientSecret, DEFENDER_CLIENT_CERTIFICATE_PATH: certificatePath } = given;
    if (clientSecret !== undefined) return { by: 'client secret', tenantId, clientId, clientSecret };
    if (certificatePath !== undefined) return { by: 'client certificate', tenantId, clientId, certificatePath };
    return { by: 'federated credential', tenantId, clientId, managedIdentityClientId: ownClientId };
  }
  return given.IDENTITY_ENDPOINT === undefined
    ? { by: 'signed-in developer' }
    : { by: 'managed identity', clientId: ownClientId };
}
