import { RestError } from '@azure/storage-blob';
import type { Explained } from './pipeline/ports.ts';

const OUR_ERRORS: readonly string[] = [
  'DefenderError',
  'TokenError',
  'CopyError',
  'ContentError',
  'StateError',
  'SigningError',
  'EventError',
];

/** Turns a fault into a sentence for people, from an allow-list: only our own errors' messages are passed on. */
export function explainFault(fault: unknown): Explained {
  if (fault instanceof RestError) return explainStorage(fault);
  if (fault instanceof Error && OUR_ERRORS.includes(fault.name)) {
    const retryAfterMs = 'retryAfterMs' in fault && typeof fault.retryAfterMs === 'number' ? fault.retryAfterMs : null;
    const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : fault.name;
    return { reason: fault.message, code, retryAfterMs };
  }
  const name = fault instanceof Error ? fault.name : 'unknown';
  return {
    reason: `Something failed that should not (${name}); it is tried again.`,
    code: name,
    retryAfterMs: null,
  };
}

/** A fault of Blob or Table Storage by its status and code; its message may quote a URL and is left out. */
function explainStorage(fault: RestError): Explained {
  const { statusCode } = fault;
  const name = fault.code ?? readTableCode(fault.details);
  const code = `storage ${[statusCode, name].filter((part) => part !== undefined).join(' ') || 'unknown'}`;
  if (statusCode === 401 || statusCode === 403) {
    const reason = `The storage refused the app (${code}). Check the connection string, or that the app's identity has its roles on StateStorage and EvidenceStorage.`;
    return { reason, code, retryAfterMs: null };
  }
  const what =
    statusCode === undefined ? 'The storage cannot be reached' : 'The storage did not do what was asked of it';
  return { reason: `${what} (${code}); it is tried again.`, code, retryAfterMs: null };
}

function readTableCode(details: unknown): string | undefined {
  if (typeof details !== 'object' || details === null || !('odataError' in details)) return undefined;
  const { odataError } = details;
  if (typeof odataError !== 'object' || odataError === null || !('code' in odataError)) return undefined;
  return typeof odataError.code === 'string' ? odataError.code : undefined;
}
