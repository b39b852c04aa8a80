import type { Declaration, Template, Value } from './bicep-tree.ts';

/**
 * What Microsoft's types (Azure/bicep-types-az, August 2026) say of a level of a resource: the names that may be written,
 * those that must be, and of the properties that templates use what they are. `open` levels take any name.
 */
export interface Level {
  readonly names?: readonly string[];
  readonly required?: readonly string[];
  readonly open?: true;
  readonly used?: Readonly<Record<string, Known>>;
  readonly items?: Known;
}

/** What a value may be: a kind, one of some texts, or a level with names of its own. */
export type Known = 'text' | 'number' | 'bool' | 'list' | 'object' | 'any' | readonly string[] | Level;

/** The levels by resource type and API version, such as `Microsoft.X/y@2025-01-01`, and `#name` where the name decides. */
export type ResourceTypes = Readonly<Record<string, Level>>;

/** Names that Bicep itself gives to every resource. */
const OF_BICEP = ['name', 'parent', 'scope', 'dependsOn'];

/** What is wrong with the resources of a template, each with its line. */
export function checkResources({ declarations, excused }: Template, types: ResourceTypes): readonly string[] {
  const faults = declarations.flatMap((declaration) => checkResource(declaration, declaration.type, types));
  return faults.filter((fault) => !excused.has(Number.parseInt(fault, 10)) || !fault.includes('has no property'));
}

function checkResource({ kind, line, value }: Declaration, type: string, types: ResourceTypes): readonly string[] {
  if (kind === 'module') return [];
  const nested = value.is === 'object' ? value.nested : [];
  const [parent, version] = type.split('@');
  const below = nested.flatMap((one) => {
    const [child, own = version] = one.type.split('@');
    return checkResource(one, `${parent}/${child}@${own}`, types);
  });
  const name = value.is === 'object' ? value.properties.get('name') : undefined;
  // Of some types the name decides what they hold.
  const level = (name?.is === 'text' ? types[`${type}#${name.text}`] : undefined) ?? types[type];
  if (level === undefined) return [...below, `${line}: ${type} is no resource type of that API version`];
  if (kind === 'existing resource') return below;
  return [...below, ...checkLevel(value, { ...level, names: [...(level.names ?? []), ...OF_BICEP] }, type)];
}

function checkValue(value: Value, known: Known, path: string): readonly string[] {
  const { is, line } = value;
  if (is === 'unknown' || is === 'null' || known === 'any') return [];
  if (is === 'choice') return value.of.flatMap((one) => checkValue(one, known, path));
  if (typeof known === 'object' && 'map' in known) {
    if (is === 'pieces' || (is === 'text' && known.includes(value.text))) return [];
    const found = is === 'text' ? `'${value.text}'` : `a ${is}`;
    return [`${line}: ${path} is ${found}, none of ${known.join(', ')}`];
  }
  if (typeof known === 'object') return checkLevel(value, known, path);
  const kind = is === 'pieces' ? 'text' : is;
  return kind === known ? [] : [`${line}: ${path} is a ${kind} and has to be a ${known}`];
}

function checkLevel(value: Value, level: Level, path: string): readonly string[] {
  const { line } = value;
  if (level.items !== undefined) {
    const { items } = level;
    return value.is === 'list'
      ? value.items.flatMap((item) => checkValue(item, items, `${path}[]`))
      : [`${line}: ${path} is a ${value.is} and has to be a list`];
  }
  if (value.is !== 'object') return [`${line}: ${path} is a ${value.is} and has to be an object`];
  const given = [...value.properties.keys()];
  const named = level.names ?? [];
  return [
    ...given
      .filter((name) => level.open !== true && !named.includes(name))
      .map((name) => `${value.properties.get(name)?.line ?? line}: ${path} has no property ${name}`),
    ...(level.required ?? []).filter((name) => !given.includes(name)).map((name) => `${line}: ${path} lacks ${name}`),
    ...[...value.properties].flatMap(([name, inside]) => {
      const known = level.used?.[name];
      if (known !== undefined) return checkValue(inside, known, `${path}.${name}`);
      // A level that no template had used when the types were taken.
      return inside.is === 'object' && named.includes(name) && !OF_BICEP.includes(name)
        ? [`${inside.line}: ${path}.${name} is not in resource-types.json: add it from Microsoft's types`]
        : [];
    }),
  ];
}

/** What is wrong with what a template gives to modules and takes from them; `find` has the templates by path. */
export function checkModules(template: Template, find: (path: string) => Template | undefined): readonly string[] {
  const modules = template.declarations.filter(({ kind }) => kind === 'module');
  const faults = modules.flatMap(({ name, type, line, value }) => {
    const target = find(type);
    if (target === undefined) return [`${line}: there is no module ${type}`];
    const params = value.is === 'object' ? value.properties.get('params') : undefined;
    const given = params?.is === 'object' ? [...params.properties.keys()] : [];
    return [
      ...given.filter((one) => !target.parameters.has(one)).map((one) => `${line}: ${name} has no parameter ${one}`),
      ...[...target.parameters]
        .filter(([one, need]) => need === 'required' && !given.includes(one))
        .map(([one]) => `${line}: ${name} lacks the parameter ${one}`),
    ];
  });
  const outputs = template.asked.flatMap(({ module, output, line }) => {
    const target = modules.find(({ name }) => name === module);
    const has = target !== undefined && find(target.type)?.outputs.has(output) === true;
    return has ? [] : [`${line}: ${module} has no output ${output}`];
  });
  return [...faults, ...outputs];
}
