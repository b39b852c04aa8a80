import type { Registry } from './core-api.ts';
import { findTrigger } from './find-trigger.ts';

const servedTriggers: readonly string[] = ['httpTrigger', 'timerTrigger', 'eventGridTrigger', 'blobTrigger'];

/** Throws a sentence when an app registered no function, or one with a trigger, an input or an output that this host does not serve. */
export function checkBindings(registry: Registry): void {
  if (registry.functions.length === 0) {
    throw new Error(
      'The app registered no function. Call app.http, app.timer, app.eventGrid or app.storageBlob in it.',
    );
  }
  for (const { metadata } of registry.functions) {
    const trigger = findTrigger(metadata);
    const others = Object.entries(metadata.bindings).filter(([name]) => name !== trigger.bindingName);
    const foreign = others.find(([, { type }]) => type !== 'http')?.[1].type;
    const unserved = servedTriggers.includes(trigger.type) ? foreign : trigger.type;
    if (unserved === undefined) continue;
    throw new Error(
      `The function "${metadata.name}" has a binding of type ${unserved}, which the local host does not serve. It serves ${servedTriggers.join(', ')}; for the others use the Azure Functions Core Tools (func start).`,
    );
  }
}
