import { app } from '@azure/functions';
import { admit } from '../shared/admit.ts';
import { openCollector, settings } from '../shared/collector.ts';
import { readAlertPayload } from '../shared/doors/read-alert-payload.ts';
import { readJsonBody } from '../shared/doors/read-json-body.ts';
import { json, problem } from '../shared/doors/reply.ts';
import { type ExplainedAlert, explainAlert } from '../shared/pipeline/explain-alert.ts';

/** Each alert costs some calls of Defender's quotas. */
const MOST_ALERTS = 20;

app.http('plan', {
  methods: ['POST'],
  route: 'plan',
  authLevel: settings.authLevel,
  handler: admit('operate', async (request) => {
    const body = await readJsonBody(request);
    if (body.outcome === 'problem') return problem(body.code, body.detail);
    const payload = readAlertPayload(body.value);
    if (payload.outcome === 'unknown') return problem(payload.code, payload.why);
    const { refused } = payload;
    const references = payload.outcome === 'alerts' ? payload.references : [];
    if (references.length > MOST_ALERTS)
      return problem(
        'too-many-alerts',
        `Ask for the plans of ${MOST_ALERTS} alerts at most; the list names ${references.length}.`,
      );
    const { ports } = await openCollector();
    const limits = { startsPerMinute: settings.startsPerMinute, sessions: settings.sessions };
    const plans: ExplainedAlert[] = [];
    for (const reference of references) plans.push(await explainAlert(ports, limits, reference));
    return json(200, refused.length === 0 ? { plans } : { plans, refused });
  }),
});
