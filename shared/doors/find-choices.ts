/** What a payload asks for beyond the alert as Defender has it. */
export type Choices = { readonly choices: 'none' } | { readonly choices: 'made'; readonly names: readonly string[] };

/** What the sender of a plain payload may choose, which is an operator's to choose. */
const CHOICES: readonly string[] = ['profile', 'files'];
/** Where playbooks wrap a payload. */
const WRAPPERS: readonly string[] = ['body', 'alert', 'triggerBody'];
const DEEPEST = 4;

/** Finds a choice of profile or files in a plain payload, also in a list and where it is wrapped; payloads of other shapes have no place for one. */
export function findChoices(payload: unknown): Choices {
  const names = [...new Set(collect(payload, 0))].sort();
  return names.length === 0 ? { choices: 'none' } : { choices: 'made', names };
}

function collect(value: unknown, depth: number): readonly string[] {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.flatMap((item) => collect(item, depth + 1));
  const entries = Object.entries(value);
  const own = 'alertId' in value ? entries.flatMap(([name, of]) => (isChoice(name, of) ? [name] : [])) : [];
  return [...own, ...entries.flatMap(([name, of]) => (WRAPPERS.includes(name) ? collect(of, depth + 1) : []))];
}

function isChoice(name: string, value: unknown): boolean {
  return CHOICES.includes(name) && value !== null && value !== undefined;
}
