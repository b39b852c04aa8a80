/** The machine id of a route in lower case, null when it is none of Defender's (40 hex digits). */
export function readMachineId(id: string | undefined): string | null {
  return id !== undefined && /^[0-9a-f]{40}$/i.test(id) ? id.toLowerCase() : null;
}
