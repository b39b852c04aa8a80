import { type Finding, ok, wrong } from '../finding.ts';
import { healthSchema } from './answers.ts';
import type { AppAnswer, AppApi } from './open-app.ts';

const CHECK = 'canary: app';

/** What to do about an answer that is none, or that refuses the caller. */
export function adviseOn({
  answer,
  status,
}: {
  readonly answer: AppAnswer['answer'];
  readonly status?: number;
}): string {
  if (answer === 'none')
    return 'Give the address of the app (the output appUrl of the deployment), and let this machine reach it.';
  if (status === 401)
    return 'Set COLLECTOR_TOKEN to a new token for the app: az account get-access-token --resource api://<client id> (deploy.md, step 6).';
  if (status === 403)
    return "Give yourself the role Operate of the app's registration, and get a new token (deploy.md, step 6); a function key never has it.";
  if (status === 404)
    return 'Give the address of the app itself, without a path, and see that the package was uploaded (deploy.md, step 3).';
  return 'Do as it says, or look into the log of the app (operate.md, Questions to the log).';
}

/** That the app answers this caller, and would run what it is asked for. */
export async function checkApp(api: AppApi): Promise<Finding> {
  const asked = await api.ask('health');
  if (asked.answer === 'none') return wrong(CHECK, asked.why, adviseOn(asked));
  if (asked.answer === 'refused') return wrong(CHECK, `It answered ${asked.status}: ${asked.why}`, adviseOn(asked));
  const health = healthSchema.safeParse(await asked.response.json().catch(() => null));
  if (!health.success) return wrong(CHECK, 'What answers there is not this app.', adviseOn({ answer: 'none' }));
  const { version, mode, pause, lastPollAt } = health.data;
  if (mode !== 'collect')
    return wrong(
      CHECK,
      `MODE is ${mode}, so that nothing is run on a machine.`,
      'Deploy with mode=collect (deploy.md, step 9).',
    );
  if (pause !== null)
    return wrong(CHECK, 'It is paused: nothing is started.', 'POST /api/resume, once whoever paused it agrees.');
  if (lastPollAt === null)
    return wrong(CHECK, 'Its timer has never run.', 'POST /api/poll, and see operate.md, The timer has not run.');
  return ok(CHECK, `Version ${version}, MODE ${mode}, polled last at ${lastPollAt}.`);
}
