import type { Clock } from './clock.ts';
import type { MachineConditions, ScenarioMachine } from './scenario.ts';

/** Opens or ends a portal session by hand, beside those of the scenario. */
export type PortalSessions = {
  set(machineId: string, state: 'open' | 'ended'): void;
  holds(machineId: string): boolean;
};

/** Keeps the sessions of people in the portal: those that were opened by hand. */
export function createPortalSessions(): PortalSessions {
  const open = new Set<string>();
  return {
    set: (machineId, state) => void (state === 'open' ? open.add(machineId) : open.delete(machineId)),
    holds: (machineId) => open.has(machineId),
  };
}

/** Tells whether a person's session in the portal holds a machine now. */
export function isHeldByPortal(machine: ScenarioMachine, portal: PortalSessions, clock: Clock): boolean {
  const now = clock.now();
  const planned = machine.portalSessions ?? [];
  return (
    portal.holds(machine.entity.id) ||
    planned.some(({ from, until }) => Date.parse(from) <= now && now < Date.parse(until))
  );
}

/** How long until a machine is online; 0 if it is. */
export function offlineForMs({ onlineAt }: MachineConditions, clock: Clock): number {
  return onlineAt === undefined ? 0 : Math.max(0, Date.parse(onlineAt) - clock.now());
}
