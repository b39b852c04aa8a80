/** Thrown when an event could not be published; the message says what to do, and holds nothing of an answer or a token. */
export class EventError extends Error {
  override readonly name = 'EventError';
  readonly code: 'topic-refused' | 'topic-unreachable' | 'topic-token';
  constructor(code: EventError['code'], message: string) {
    // No cause: a client's error may hold the address and the headers it sent.
    super(message);
    this.code = code;
  }
}
