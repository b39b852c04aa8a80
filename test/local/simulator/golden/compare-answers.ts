/** What of a documented answer another tenant would answer otherwise (`free`), and what real answers have beyond it; paths without indexes, such as `value.sha256`. */
export type Freedom = { free: readonly string[]; beyond: readonly string[] };

const formats: readonly [string, RegExp][] = [
  ['a GUID', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ['a SHA-256', /^[0-9a-f]{64}$/],
  ['a SHA-1', /^[0-9a-f]{40}$/],
  ['an MD5', /^[0-9a-f]{32}$/],
  ['a time of up to seven digits', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?Z$/],
  [
    'a link to a result',
    /^https?:\/\/[^/]+\/investigation-actions-data\/[^/]+\/CustomPlaybookCommandOutput\/[0-9a-f]{32}\?se=\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\dZ&sp=r&sv=2019-07-07&sr=b&sig=[^&]{43,}$/,
  ],
  [
    'a link to a package, in quotes',
    /^"https?:\/\/[^/]+\/safedownload\/WDATP_Investigation_Package\.zip\?token=[^&]+"$/,
  ],
];

/** Compares an answer with a documented one, field by field: names, types and values, or formats where a value is free. One line a difference. */
export function compareAnswers(documented: unknown, answered: unknown, freedom: Freedom, path = ''): string[] {
  const [wanted, got] = [typeOf(documented), typeOf(answered)];
  if (wanted !== got) return [`${path}: ${wanted} expected, ${got} answered`];
  if (Array.isArray(documented) && Array.isArray(answered)) {
    if (documented.length !== answered.length) return [`${path}: ${answered.length} rows, not ${documented.length}`];
    return documented.flatMap((row, index) => compareAnswers(row, answered[index], freedom, path));
  }
  if (isRecord(documented) && isRecord(answered)) {
    const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const missing = Object.keys(documented).filter((name) => !(name in answered));
    const added = Object.keys(answered).filter(
      (name) => !(name in documented) && !freedom.beyond.includes(below(name)),
    );
    const common = Object.keys(documented).filter((name) => name in answered);
    return [
      ...missing.map((name) => `${below(name)}: is missing`),
      ...added.map((name) => `${below(name)}: is not documented`),
      ...common.flatMap((name) => compareAnswers(documented[name], answered[name], freedom, below(name))),
    ];
  }
  return compareValues(documented, answered, freedom.free.includes(path), path);
}

function compareValues(documented: unknown, answered: unknown, isFree: boolean, path: string): string[] {
  if (path === '@odata.context') {
    const set = (context: unknown): string =>
      /^https:\/\/[^/]+\/api\/(\$metadata#.+)$/.exec(String(context))?.[1] ?? '';
    return set(documented) === set(answered) ? [] : [`${path}: ${answered} names another set than ${documented}`];
  }
  if (!isFree) return documented === answered ? [] : [`${path}: ${answered}, not ${documented}`];
  const format = formats.find(([, pattern]) => pattern.test(String(documented)));
  if (format === undefined) return [`${path}: is free, but the documented ${documented} has no known format`];
  return format[1].test(String(answered)) ? [] : [`${path}: ${answered} is not ${format[0]}`];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeOf(value) === 'object';
}
