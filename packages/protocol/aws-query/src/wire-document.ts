import type { MapShape, Shape, StructureShape } from '@keywarden/aws-json';
import { type ParameterNode, numberedNodes } from './parameter-tree';
import { NotReadable } from './query-refusal';

const wholeNumber = /^[+-]?[0-9]{1,10}$/;
const largestInteger = 2_147_483_647;
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * Puts the parameters that a shape knows into the form in which awsJson1_1 carries the same value, so that constraints,
 * their texts and the type of the command are those of one codec. Parameters the shape does not know are left out.
 *
 * @throws NotReadable when a parameter is out of place or not of its type
 */
export function structureDocument(shape: StructureShape, node: ParameterNode): Record<string, unknown> {
  // Without a prototype, so that no member name means anything else.
  const document = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(shape.members)) {
    const given = node.below.get(name);
    if (given !== undefined) document[name] = documentOf(member.kind === 'required' ? member.shape : member, given);
  }
  return document;
}

function documentOf(shape: Shape, node: ParameterNode): unknown {
  switch (shape.kind) {
    case 'structure':
      if (node.value !== undefined) throw new NotReadable('A structure was given as a single value.');
      return structureDocument(shape, node);
    case 'list':
      return entriesBelow(node, 'member').map((entry) => documentOf(shape.member, entry));
    case 'map':
      return mapDocument(shape, entriesBelow(node, 'entry'));
    case 'integer':
      return integerOf(scalarOf(node));
    case 'boolean':
      return booleanOf(scalarOf(node));
    case 'timestamp':
      return secondsOf(scalarOf(node));
    default:
      return scalarOf(node);
  }
}

function scalarOf({ value, below }: ParameterNode): string {
  if (value === undefined || below.size > 0) throw new NotReadable('A single value was given as a structure or list.');
  return value;
}

/** A list or map that is present and empty is sent as its bare name with an empty value. */
function entriesBelow({ value, below }: ParameterNode, label: 'member' | 'entry'): readonly ParameterNode[] {
  if (below.size === 0 && value === '') return [];
  const entries = below.get(label);
  if (value !== undefined || below.size !== 1 || entries === undefined || entries.value !== undefined) {
    throw new NotReadable('A list or map was not given as numbered entries.');
  }
  return numberedNodes(entries);
}

function mapDocument(shape: MapShape, entries: readonly ParameterNode[]): Record<string, unknown> {
  const document = Object.create(null) as Record<string, unknown>;
  for (const { below } of entries) {
    const [key, value] = [below.get('key'), below.get('value')];
    if (key === undefined || value === undefined) throw new NotReadable('An entry of a map lacks its key or value.');
    const name = scalarOf(key);
    if (Object.hasOwn(document, name)) throw new NotReadable('A key of a map stands twice.');
    document[name] = documentOf(shape.value, value);
  }
  return document;
}

function integerOf(text: string): number {
  const value = wholeNumber.test(text) ? Number(text) : Number.NaN;
  if (!(value <= largestInteger && value >= -largestInteger - 1)) throw new NotReadable('Expected a whole number.');
  return value;
}

function booleanOf(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new NotReadable('Expected true or false.');
  return text === 'true';
}

function secondsOf(text: string): number {
  const milliseconds = isoTime.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 31 February for a day in March.
  if (!Number.isFinite(milliseconds) || new Date(milliseconds).toISOString().slice(0, 19) !== text.slice(0, 19)) {
    throw new NotReadable('Expected a time in ISO 8601 form.');
  }
  return milliseconds / 1000;
}
