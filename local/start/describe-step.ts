/** A custody entry as the API answers it. */
export interface Entry {
  readonly number: number;
  readonly at: string;
  readonly event: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

/** One sentence for a person who watches: what a custody entry means. */
export function describeStep({ event, detail }: Entry): string {
  const said = (name: string) => String(detail[name] ?? '-');
  switch (event) {
    case 'received':
      return `Alert ${said('alert')} was received and claimed.`;
    case 'document stored':
      return `Looked up and stored in the package: ${said('path')} (${formatBytes(Number(detail['bytes']))}).`;
    case 'planned':
      return `Planned by profile ${said('profile')}: ${said('commands')} commands, script ${said('scripts').split(' ')[0]}.`;
    case 'script uploaded':
      return `Uploaded to the live response library and compared: ${said('script')} (sha256 ${said('sha256').slice(0, 16)}…).`;
    case 'starting':
      return `The library holds exactly the reviewed script; live response is being started as "${said('comment')}".`;
    case 'started':
      return `Live response is accepted as machine action ${said('action')} (${said('status')}).`;
    case 'in progress':
      return 'The machine has taken it up.';
    case 'action ended':
      return `The machine action ended as ${said('status')}: ${said('commands')}.`;
    case 'result stored':
      return `Copied and hashed: ${said('path')} (${formatBytes(Number(detail['bytes']))}, sha256 ${said('sha256').slice(0, 16)}…).`;
    case 'sealing':
      return `Sealed: the payload manifest has sha256 ${said('manifestSha256').slice(0, 16)}….`;
    case 'ended':
      return `The collection ended as ${said('outcome')}.`;
    default:
      return `${event}: ${said('reason')}`;
  }
}

/** A length for people: `512 B`, `3.4 KiB`, `1.2 MiB`. */
function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
