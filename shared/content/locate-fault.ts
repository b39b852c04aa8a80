import { type Document, isCollection, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';

/** A YAML text that was read: its plain value, and what says where a fault in it is. */
export type ReadYaml =
  | { readonly outcome: 'value'; readonly value: unknown; readonly locate: (fault: FaultInContent) => string }
  | { readonly outcome: 'faulty'; readonly faults: readonly string[] };

/** Where in the content something is wrong, and what was expected there; `key` is one that should not be there. */
export interface FaultInContent {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly key?: string;
}

/** Reads a YAML text; each fault is one line: `file:line:column: what was expected`. */
export function readYaml(fileName: string, text: string): ReadYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${fileName}:${line}:${col}`;
  };
  if (document.errors.length > 0)
    return {
      outcome: 'faulty',
      faults: document.errors.map((fault) => `${at(fault.pos[0])}: ${fault.message.split('\n')[0]}`),
    };
  const locate = ({ path, message, key }: FaultInContent) => {
    const keys = path.filter((part) => typeof part !== 'symbol');
    const place = keys.join('.') || 'the file';
    return `${at(findOffset(document, keys, key))}: ${place}: ${message}`;
  };
  try {
    return { outcome: 'value', value: document.toJS({ maxAliasCount: 0 }), locate };
  } catch (fault) {
    // A few aliases can grow without end.
    if (!(fault instanceof ReferenceError)) throw fault;
    return { outcome: 'faulty', faults: [`${at(0)}: expected no aliases (*name); write the value out`] };
  }
}

/** The offset of what is at a path, or of the nearest thing around it that is there. */
function findOffset(document: Document.Parsed, path: readonly (string | number)[], key: string | undefined): number {
  const around = nearest(document, path);
  if (key !== undefined && isMap(around)) {
    const pair = around.items.find((item) => isPair(item) && String(item.key) === key);
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  return isNode(around) ? (around.range?.[0] ?? 0) : 0;
}

function nearest(document: Document.Parsed, path: readonly (string | number)[]): unknown {
  for (let length = path.length; length > 0; length -= 1) {
    const found = document.getIn(path.slice(0, length), true);
    if (isNode(found)) return found;
  }
  return isCollection(document.contents) ? document.contents : null;
}

/** What is wrong with content by its schema, each fault at the deepest place that it can be told of. */
export function listFaults(error: z.ZodError): readonly FaultInContent[] {
  return error.issues.flatMap((issue) => describeIssue(issue, []));
}

type Issue = z.core.$ZodIssue;

function describeIssue(issue: Issue, before: readonly PropertyKey[]): readonly FaultInContent[] {
  const path = [...before, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path,
      key,
      message: `there is no \`${key}\` here; remove it or correct its name`,
    }));
  if (issue.code === 'invalid_union') return describeUnion(issue.errors, path);
  const message = issue.message.replace(/^(?:Invalid|Too|Unrecognized)[^:]*: /, '');
  return [{ path, message: message.startsWith('expected') ? message : `expected ${message}` }];
}

/** Of the ways in which a value could be right, that which it comes nearest to: which fails deepest, then which fails least. */
function describeUnion(ways: readonly (readonly Issue[])[], path: readonly PropertyKey[]): readonly FaultInContent[] {
  const described = ways.map((issues) => issues.flatMap((issue) => describeIssue(issue, path)));
  const depth = (faults: readonly FaultInContent[]) => Math.max(...faults.map((fault) => fault.path.length));
  const [best] = [...described]
    .filter((faults) => faults.length > 0)
    .sort((a, b) => depth(b) - depth(a) || a.length - b.length);
  const flat = described.every((faults) => depth(faults) === path.length);
  if (!flat || best === undefined) return best ?? [];
  const messages = [...new Set(described.flat().map(({ message }) => message))];
  const [first] = described.flat();
  return first?.key !== undefined && messages.length === 1 ? [first] : [{ path, message: messages.join(', or ') }];
}
