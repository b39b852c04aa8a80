/** Something cannot be kept or read as it is; its message says what, its code is stable. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly code: 'too-large' | 'unreadable-row' | 'newer-row';

  constructor(code: StateError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
