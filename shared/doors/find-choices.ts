import type { AlertReference } from '../domain/alert.ts';

/** What a reference asks for beyond the alert as Defender has it, on the machine that Defender names for it. */
export type Choice = 'profile' | 'files' | 'a machine without an alert of Defender' | 'another machine of the alert';

/** The choices that a reference makes, which are an operator's to make; none for an alert alone. */
export function findChoices({ asked }: AlertReference): readonly Choice[] {
  if (asked === undefined) return [];
  return [
    ...(asked.profileId === null ? [] : ['profile' as const]),
    ...(asked.files.length === 0 ? [] : ['files' as const]),
    ...describeSubject(asked.about),
  ];
}

/** Whether an event may ask for it, of which it is not known who sent it: an alert, on any machine of its evidence. */
export function isForAnyone(reference: AlertReference): boolean {
  return findChoices(reference).every((choice) => choice === 'another machine of the alert');
}

function describeSubject(about: NonNullable<AlertReference['asked']>['about']): readonly Choice[] {
  switch (about) {
    case 'alert':
      return [];
    case 'machine':
      return ['a machine without an alert of Defender'];
    case 'one of its machines':
      return ['another machine of the alert'];
    default: {
      const unknown: never = about;
      throw new Error(`Unknown subject ${String(unknown)}.`);
    }
  }
}
