import { type Agent, request } from 'undici';
import { measure, type Timing } from './measure.ts';

/** How the door answered. */
export interface DoorTiming extends Timing {
  readonly accepted: number;
  readonly collections: number;
}

/** Posts alerts that nobody knows to the door, each another one. */
export async function postAlerts(
  url: string,
  agent: Agent,
  load: { readonly alerts: number; readonly connections: number; readonly from: string },
): Promise<DoorTiming> {
  const ids = new Set<string>();
  let accepted = 0;
  const timing = await measure(load.alerts, load.connections, async (number) => {
    const { statusCode, body } = await request(`${url}/api/alerts`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ alertId: `${load.from}_${number}`, machineId: String(number).padStart(40, '0') }),
    });
    const answer = (await body.json()) as { readonly collections?: readonly { readonly id: string }[] };
    if (statusCode === 202) accepted += 1;
    for (const { id } of answer.collections ?? []) ids.add(id);
  });
  return { ...timing, accepted, collections: ids.size };
}
