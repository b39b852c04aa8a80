import { createRequire } from 'node:module';
import treeSitter, { type Node as TreeNode } from '@vscode/tree-sitter-wasm';

const require = createRequire(import.meta.url);
const { Language, Parser } = treeSitter;

await Parser.init();
const language = await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'));

/** A value as it is written: `choice` is each of the values that a condition leaves, `unknown` what only a deployment knows. */
export type Value =
  | { readonly is: 'text'; readonly text: string; readonly line: number }
  | { readonly is: 'number' | 'bool' | 'null' | 'unknown' | 'pieces'; readonly line: number }
  | { readonly is: 'list'; readonly items: readonly Value[]; readonly line: number }
  | { readonly is: 'choice'; readonly of: readonly Value[]; readonly line: number }
  | {
      readonly is: 'object';
      readonly properties: ReadonlyMap<string, Value>;
      readonly nested: readonly Declaration[];
      readonly line: number;
    };

/** A resource or a module; `type` is what stands in quotes behind its name. */
export interface Declaration {
  readonly kind: 'resource' | 'existing resource' | 'module';
  readonly name: string;
  readonly type: string;
  readonly value: Value;
  readonly line: number;
}

/** A template as it is written; `faults` are the lines that are no Bicep. */
export interface Template {
  readonly faults: readonly number[];
  readonly declarations: readonly Declaration[];
  /** Parameters by name, and whether a value must be given. */
  readonly parameters: ReadonlyMap<string, 'required' | 'optional'>;
  readonly outputs: ReadonlySet<string>;
  /** Outputs of modules that are asked for: the module's name, and the output's. */
  readonly asked: readonly { readonly module: string; readonly output: string; readonly line: number }[];
  /** Lines of properties that the types do not know and the service does, as the template says by BCP037. */
  readonly excused: ReadonlySet<number>;
}

/** Reads a template by tree-sitter's grammar of Bicep; nothing is thrown for what is wrong in it. */
export function readTemplate(text: string): Template {
  const parser = new Parser();
  parser.setLanguage(language);
  const tree = parser.parse(text);
  if (tree === null) throw new Error('The parser gave no tree.');
  const nodes = [...walk(tree.rootNode)];
  const found: Template = {
    faults: nodes.filter((node) => node.isError || node.isMissing).map(lineOf),
    declarations: inner(tree.rootNode).flatMap(readDeclaration),
    parameters: new Map(nodes.filter((node) => node.type === 'parameter_declaration').map(readParameter)),
    outputs: new Set(
      nodes.filter((node) => node.type === 'output_declaration').map((node) => inner(node)[0]?.text ?? ''),
    ),
    asked: nodes
      .filter((node) => node.type === 'member_expression')
      .flatMap((node) => {
        const [, module, output] = /^(\w+)!?\.outputs\.(\w+)$/.exec(node.text) ?? [];
        return module === undefined || output === undefined ? [] : [{ module, output, line: lineOf(node) }];
      }),
    excused: new Set(
      text.split('\n').flatMap((line, index) => (/^\s*#disable-next-line BCP037$/.test(line) ? [index + 2] : [])),
    ),
  };
  tree.delete();
  parser.delete();
  return found;
}

function* walk(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) if (child !== null) yield* walk(child);
}

function inner(node: TreeNode): readonly TreeNode[] {
  return node.namedChildren.filter((child): child is TreeNode => child !== null && child.type !== 'comment');
}

function lineOf(node: TreeNode): number {
  return node.startPosition.row + 1;
}

function readParameter(node: TreeNode): readonly [string, 'required' | 'optional'] {
  const [name, , value] = inner(node);
  return [name?.text ?? '', value === undefined ? 'required' : 'optional'];
}

function readDeclaration(node: TreeNode): readonly Declaration[] {
  if (node.type !== 'resource_declaration' && node.type !== 'module_declaration') return [];
  const [name, type, value] = inner(node).filter((child) => child.type !== 'decorators');
  if (name === undefined || type === undefined || value === undefined) return [];
  const isExisting = node.children.some((child) => child?.type === 'existing' || child?.text === 'existing');
  const kind = node.type === 'module_declaration' ? 'module' : isExisting ? 'existing resource' : 'resource';
  return [{ kind, name: name.text, type: type.text.slice(1, -1), value: readValue(value), line: lineOf(node) }];
}

function readValue(node: TreeNode): Value {
  const line = lineOf(node);
  const parts = inner(node);
  switch (node.type) {
    case 'string':
      return parts.some(({ type }) => type === 'interpolation')
        ? { is: 'pieces', line }
        : { is: 'text', text: node.text.slice(1, -1), line };
    case 'number':
      return { is: 'number', line };
    case 'boolean':
      return { is: 'bool', line };
    case 'null':
      return { is: 'null', line };
    case 'array':
      return { is: 'list', items: parts.map(readValue), line };
    case 'object':
      return readObject(parts, line);
    case 'ternary_expression':
      return { is: 'choice', of: parts.slice(1).map(readValue), line };
    case 'if_statement':
    case 'for_statement': {
      const [body] = parts.slice(-1).map(readValue);
      if (body === undefined) return { is: 'unknown', line };
      return node.type === 'for_statement' && node.parent?.type === 'object_property'
        ? { is: 'list', items: [body], line }
        : body;
    }
    case 'parenthesized_expression':
      return parts[0] === undefined ? { is: 'unknown', line } : readValue(parts[0]);
    default:
      return { is: 'unknown', line };
  }
}

function readObject(parts: readonly TreeNode[], line: number): Value {
  const properties = new Map<string, Value>();
  const nested: Declaration[] = [];
  for (const part of parts) {
    const [key, value] = inner(part);
    if (key?.type === 'resource_declaration') nested.push(...readDeclaration(key));
    else if (key !== undefined && value !== undefined)
      properties.set(key.type === 'string' ? key.text.slice(1, -1) : key.text, readValue(value));
  }
  return { is: 'object', properties, nested, line };
}
