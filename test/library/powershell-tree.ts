import { createRequire } from 'node:module';
import treeSitter, { type Node as TreeNode } from '@vscode/tree-sitter-wasm';

const require = createRequire(import.meta.url);
const { Language, Parser } = treeSitter;
const grammar = require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm');

await Parser.init();
const language = await Language.load(grammar);

/** A node of a syntax tree, read once: asking the parser again for each look is slow. */
export type Node = {
  type: string;
  text: string;
  row: number;
  isError: boolean;
  isMissing: boolean;
  children: Node[];
};

function readNode(node: TreeNode, text: string): Node {
  return {
    type: node.type,
    text: text.slice(node.startIndex, node.endIndex),
    row: node.startPosition.row,
    isError: node.isError,
    isMissing: node.isMissing,
    children: node.children.filter((child) => child !== null).map((child) => readNode(child, text)),
  };
}

/** The root of the syntax tree of PowerShell text by tree-sitter's grammar; faults in it are nodes, nothing is thrown for them. */
export function parsePowerShell(text: string): Node {
  const parser = new Parser();
  parser.setLanguage(language);
  const tree = parser.parse(text);
  if (tree === null) throw new Error('the parser gave no tree');
  const root = readNode(tree.rootNode, text);
  tree.delete();
  parser.delete();
  return root;
}

/** A node and all below it, in the text's order. */
export function walk(node: Node): Node[] {
  const found: Node[] = [];
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    found.push(next);
    waiting.push(...next.children.toReversed());
  }
  return found;
}

/** The nodes of a type below a node, in the text's order. */
export function nodesOf(node: Node, ...types: string[]): Node[] {
  return walk(node).filter((one) => types.includes(one.type));
}

/** Where a node begins, as "line 12". */
export function lineOf(node: Node): string {
  return `line ${node.row + 1}`;
}

/** A parameter of a function: its name in small letters, and whether a call must give it. */
export type Parameter = { name: string; needed: boolean };

/** A function of a script, its parameters, and its node. */
export type ScriptFunction = { name: string; parameters: Parameter[]; node: Node };

function readParameters(block: Node | undefined): Parameter[] {
  if (block === undefined) return [];
  return nodesOf(block, 'script_parameter').map((parameter) => {
    const variable = parameter.children.find((child) => child.type === 'variable');
    const types = nodesOf(parameter, 'type_literal').map((type) => type.text.toLowerCase());
    const hasDefault = parameter.children.some((child) => child.type === 'script_parameter_default');
    return {
      name: (variable?.text ?? '').slice(1).toLowerCase(),
      needed: !hasDefault && !types.includes('[switch]'),
    };
  });
}

/** The functions that a script defines. */
export function readFunctions(root: Node): ScriptFunction[] {
  return nodesOf(root, 'function_statement').map((node) => ({
    name: node.children.find((child) => child.type === 'function_name')?.text ?? '',
    parameters: readParameters(nodesOf(node, 'param_block')[0]),
    node,
  }));
}

/** A command of a script: its name as written, the parameters it is given in small letters with their dash, and its node. */
export type Command = { name: string; operator: string | null; parameters: string[]; node: Node };

/** The commands that a script runs, in the text's order. */
export function readCommands(root: Node): Command[] {
  return nodesOf(root, 'command').map((node) => {
    const elements = node.children.find((child) => child.type === 'command_elements');
    return {
      name:
        node.children.find((child) => child.type === 'command_name' || child.type === 'command_name_expr')?.text ?? '',
      operator: node.children.find((child) => child.type === 'command_invokation_operator')?.text ?? null,
      parameters: (elements?.children ?? [])
        .filter((child) => child.type === 'command_parameter')
        .map((child) => child.text.toLowerCase()),
      node,
    };
  });
}
