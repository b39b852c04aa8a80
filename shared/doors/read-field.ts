/** An object's own property by its name in any case, as connectors differ in it; undefined when there is none. */
export function readField(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return Reflect.get(value, name);
  const wanted = name.toLowerCase();
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : Reflect.get(value, key);
}

/** What lies at the end of a path of properties. */
export function readPath(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce((inner, name) => readField(inner, name), value);
}

/** The first of these properties that is a text with more than white space in it, trimmed; null when none is. */
export function readText(value: unknown, ...names: readonly string[]): string | null {
  for (const name of names) {
    const text = readField(value, name);
    if (typeof text === 'string' && text.trim() !== '') return text.trim();
  }
  return null;
}

/** A property that is a list, also where it was sent as the JSON text of one; its objects, and nothing else of it. */
export function readRows(value: unknown, name: string): readonly object[] {
  const found = readJsonText(readField(value, name));
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** What a text that holds a JSON object or list says; anything else as it is. */
export function readJsonText(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Whether it has properties: neither null nor a list. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
