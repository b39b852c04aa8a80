import type { Registry } from './core-api.ts';
import { findTrigger } from './find-trigger.ts';
import { answerForFailure, answerInWords } from './http-answer.ts';
import type { Webhook } from './http-requests.ts';
import { invokeFunction } from './invoke-function.ts';
import { readDelivery } from './read-events.ts';

/** The webhook of all Event Grid functions, chosen by `?functionName=`: each event is one invocation, all at once; 202 when all succeeded, 500 when one failed, so that the sender delivers all of them again (EventGridExtensionConfigProvider of the real host). */
export function createEventGridWebhook(registry: Registry): Webhook {
  return async (request, url) => {
    const name = url.searchParams.get('functionName')?.toLowerCase();
    const registered = registry.functions.find(({ metadata }) => metadata.name.toLowerCase() === name);
    if (registered === undefined || findTrigger(registered.metadata).type !== 'eventGridTrigger') {
      return answerInWords(
        404,
        'The functionName in the URL is not the name of a function with an Event Grid trigger.',
      );
    }
    const delivery = await readDelivery(request);
    if (delivery.kind === 'answer') return delivery.answer;
    const outcomes = await Promise.all(
      delivery.events.map((event) => invokeFunction(registry, { registered, data: { json: JSON.stringify(event) } })),
    );
    const failed = outcomes.some(({ status }) => status === 'failed');
    return failed ? answerForFailure(registered.metadata.name) : { status: 202 };
  };
}
