import { connectStorage, type Storage } from '../../shared/connect-storage.ts';
import { keepKey } from '../../shared/keep-key.ts';
import { createDefenderClient } from '../../shared/defender/client.ts';
import { CLOUDS } from '../../shared/defender/clouds.ts';
import { openTokens } from '../../shared/defender/open-tokens.ts';
import { openSigning } from '../../shared/evidence/signing.ts';
import { type Environment, readSettings, type Settings } from '../../shared/settings.ts';
import { checkApis } from './check-apis.ts';
import { checkClock } from './check-clock.ts';
import { checkContainer } from './check-container.ts';
import { checkLibrary } from './check-library.ts';
import { checkQuotas } from './check-quotas.ts';
import { checkSigning } from './check-signing.ts';
import { checkTable } from './check-table.ts';
import { checkToken } from './check-token.ts';
import { describeFault } from './describe-fault.ts';
import { type Finding, ok, wrong } from './finding.ts';

const LIBRARY = new URL('../../library/', import.meta.url);

/** What an examination looks at beside the settings: our clock, and the folder of the reviewed scripts. */
export interface ExamineParts {
  readonly now?: () => Date;
  readonly library?: URL;
}

/** Checks everything that a deployment rests on; it reads, writes one row that it deletes, and runs nothing on a machine. */
export async function examine(environment: Environment, parts: ExamineParts = {}): Promise<readonly Finding[]> {
  const { now = () => new Date(), library = LIBRARY } = parts;
  let settings: Settings;
  try {
    settings = readSettings(environment);
  } catch (fault) {
    const found = fault instanceof Error ? fault.message : String(fault);
    return [wrong('settings', found, 'Correct them as said; nothing else is checked before.')];
  }
  return [
    ok('settings', `They are complete; MODE is ${settings.mode}, DEFENDER_API_URL ${settings.defenderApiUrl}.`),
    checkQuotas(settings),
    ...(await checkDefender(settings, library, now)),
    ...(await checkStorage(settings, now)),
    await checkSigning(openSigning(keepKey(settings))),
  ];
}

async function checkDefender(settings: Settings, library: URL, now: () => Date): Promise<readonly Finding[]> {
  const tokens = openTokens(settings.defenderIdentity, settings.defenderScope, CLOUDS[settings.defenderCloud]);
  const client = createDefenderClient({ baseUrl: settings.defenderApiUrl, tokens });
  const clock = await checkClock('Defender', settings.defenderApiUrl, now);
  const token = await checkToken(tokens, settings, now());
  const { findings, library: listed } = await checkApis(client, now());
  return [...token, ...findings, ...(await checkLibrary(library, listed)), clock];
}

async function checkStorage(settings: Settings, now: () => Date): Promise<readonly Finding[]> {
  const { stateStorage: state, evidenceStorage: evidence } = settings;
  let storage: Storage;
  try {
    storage = await connectStorage(state, evidence);
  } catch (fault) {
    const fix = 'Correct StateStorage and EvidenceStorage: copy the connection strings again, or use an identity.';
    return [wrong('storage', describeFault(fault), fix)];
  }
  const ticketPlace = { setting: 'StateStorage', role: 'Storage Blob Data Owner', by: state.by } as const;
  const role = 'the role of evidence writers (infra/modules/evidence-storage.bicep)';
  const evidencePlace = { setting: 'EvidenceStorage', role, by: evidence.by } as const;
  const found = await Promise.all([
    checkTable(storage.table, state.by),
    checkContainer(storage.tickets, ticketPlace),
    checkContainer(storage.evidence, evidencePlace),
    checkContainer(storage.custody, evidencePlace),
    checkClock('StateStorage', storage.table.url, now),
    checkClock('EvidenceStorage', storage.evidence.url, now),
  ]);
  return found.flat();
}
