import type { Form } from './form-body';
import { NotReadable } from './query-refusal';

/** The parameters below one name: `Tags.member.1.Key` is the node `Key` below `1` below `member` below `Tags`. */
export interface ParameterNode {
  value: string | undefined;
  readonly below: Map<string, ParameterNode>;
}

const maxDepth = 16;

const newNode = (): ParameterNode => ({ value: undefined, below: new Map() });

/** @throws NotReadable on a name with an empty part or too many parts */
export function parameterTree(form: Form): ParameterNode {
  const root = newNode();
  for (const [name, value] of form) {
    const parts = name.split('.', maxDepth + 1);
    if (parts.length > maxDepth || parts.includes('')) throw new NotReadable('A parameter name is malformed.');
    let node = root;
    for (const part of parts) node = childOf(node, part);
    node.value = value;
  }
  return root;
}

function childOf(node: ParameterNode, part: string): ParameterNode {
  const found = node.below.get(part);
  if (found !== undefined) return found;
  const made = newNode();
  node.below.set(part, made);
  return made;
}

/** The nodes named `1`, `2`, … in this order. @throws NotReadable on another name, and when one is missing */
export function numberedNodes({ below }: ParameterNode): readonly ParameterNode[] {
  return Array.from({ length: below.size }, (_, index) => {
    const node = below.get(String(index + 1));
    if (node === undefined) throw new NotReadable('Members of a list must be numbered from 1 without a gap.');
    return node;
  });
}
