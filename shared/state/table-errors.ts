import { RestError } from '@azure/data-tables';

/** Why a write to a table was not done: the row is there already, has changed, or is not there; null for any other fault. */
export function whyNotWritten(fault: unknown): 'exists' | 'changed' | 'absent' | null {
  if (!(fault instanceof RestError)) return null;
  switch (fault.statusCode) {
    case 409:
      return 'exists';
    case 412:
      return 'changed';
    case 404:
      return 'absent';
    default:
      return null;
  }
}
