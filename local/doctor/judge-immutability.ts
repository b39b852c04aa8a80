import { type Finding, ok, unknown, wrong } from './finding.ts';

/** What it means whether a container of evidence has an immutability policy; `url` is the container's. */
export function judgeImmutability(check: string, url: string, policy: 'there' | 'none'): Finding {
  if (policy === 'there')
    return ok(check, "It has a policy; the account's page tells for how long, and whether it is locked.");
  if (new URL(url).protocol === 'http:')
    return unknown(check, 'None: it is an emulator, which has no immutability.', 'Nothing to do on your own machine.');
  return wrong(
    check,
    'None: what is stored can be changed and deleted.',
    'Deploy infra/main.bicep, which gives the container a policy; deploy.md, step 10, locks it.',
  );
}
