import { BlobClient } from '@azure/storage-blob';
import { type RunningBlobTrigger, stripQuotes } from './blob-triggers.ts';
import { answerInWords } from './http-answer.ts';
import type { Webhook } from './http-requests.ts';
import { readDelivery, readProperty } from './read-events.ts';

/** The webhook of all blob functions, chosen by `?functionName=Host.Functions.NAME`, to which Event Grid delivers Microsoft.Storage.BlobCreated: 202 when the blobs are taken for a run, 503 while storage has not been reached yet. Only container and name are taken from an event's URL; nothing is fetched from it. */
export function createBlobWebhook(running: readonly RunningBlobTrigger[]): Webhook {
  return async (request, url) => {
    const id = url.searchParams.get('functionName')?.toLowerCase();
    const chosen = running.find(
      ({ trigger }) => `host.functions.${trigger.registered.metadata.name}`.toLowerCase() === id,
    );
    if (chosen === undefined) {
      return answerInWords(404, 'The functionName in the URL must be Host.Functions. and the name of a blob function.');
    }
    const delivery = await readDelivery(request);
    if (delivery.kind === 'answer') return delivery.answer;
    const offers = delivery.events.map((event) => offerEvent(chosen, event));
    return offers.includes('later')
      ? answerInWords(503, 'Storage has not been reached yet. Deliver again.')
      : { status: 202 };
  };
}

function offerEvent({ trigger, offer }: RunningBlobTrigger, event: unknown): ReturnType<RunningBlobTrigger['offer']> {
  const data = readProperty(event, 'data');
  const [url, etag, blobType] = ['url', 'eTag', 'blobType'].map((name) => readProperty(data, name));
  const type = readProperty(event, 'eventType') ?? readProperty(event, 'type');
  if (type !== 'Microsoft.Storage.BlobCreated' || typeof url !== 'string' || typeof etag !== 'string') {
    return 'not of this trigger';
  }
  if (!URL.canParse(url)) return 'not of this trigger';
  const { containerName, name } = new BlobClient(url);
  if (containerName !== trigger.path.container) return 'not of this trigger';
  return offer({ name, etag: stripQuotes(etag) }, typeof blobType === 'string' ? blobType : 'BlockBlob');
}
