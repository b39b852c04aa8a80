/** The names that a profile's texts may stand in for: all of them our own, nothing of an alert. */
const NAMES = ['collectionId', 'session'] as const;

/** What the names stand for. */
export type TemplateValues = Readonly<Record<(typeof NAMES)[number], string | number>>;

const PLACE = /\{([^{}]*)\}/g;

/** What is wrong with a text's templates, null when each names something of ours. */
export function findTemplateFault(text: string): string | null {
  const known = NAMES.map((name) => `{${name}}`).join(' and ');
  for (const [whole, name] of text.matchAll(PLACE))
    if (!NAMES.some((ours) => ours === name)) return `${whole} is not a name of ours; there are ${known}`;
  return /[{}]/.test(text.replaceAll(PLACE, '')) ? `a { or } stands alone; there are ${known}` : null;
}

/** The text with our names replaced; whatever else is in braces stays as it is. */
export function expandTemplate(text: string, values: TemplateValues): string {
  return text.replaceAll(PLACE, (whole, name) => {
    const ours = NAMES.find((known) => known === name);
    return ours === undefined ? whole : String(values[ours]);
  });
}
