import { type ScalarDecoder, asIs, scalarDecoder } from './decode-scalar';
import type { Decoder } from './decoding';
import { type Constraint, lengthConstraints, membersConstraint, mustNotBeNull } from './constraints';
import { type JsonReader, Token, repeatedMember } from './json-reader';
import type { ListShape, MapShape, ScalarShape, Shape } from './shape';
import { structureDecoder } from './decode-structure';
import { mismatch } from './token-mismatch';

/** Builds the decoder of a shape once; it calls the decoders of the parts without looking at the shape again. */
export function decoder(shape: Shape): Decoder {
  switch (shape.kind) {
    case 'structure':
      return structureDecoder(shape, decoder);
    case 'list':
      return listDecoder(shape);
    case 'map':
      return mapDecoder(shape);
    default:
      return checked(scalarDecoder(shape));
  }
}

function checked({ read, constraints, echo, finish }: ScalarDecoder): Decoder {
  return (reader, decoding, path) => {
    const value = read(reader);
    for (const { holds, text } of constraints) if (!holds(value)) decoding.violate(path, echo(value), text);
    return finish(value, decoding);
  };
}

const isScalar = (shape: Shape): shape is ScalarShape =>
  shape.kind !== 'list' && shape.kind !== 'map' && shape.kind !== 'structure';

const allHold = (constraints: readonly Constraint<unknown>[], value: unknown): boolean =>
  constraints.every(({ holds }) => holds(value));

/** The text of a collection, or nothing when one of its parts must not be shown. */
function echoOf(parts: readonly (string | undefined)[], open: string, close: string): string | undefined {
  return parts.every((part) => part !== undefined) ? `${open}${parts.join(', ')}${close}` : undefined;
}

function readNull(reader: JsonReader): boolean {
  if (reader.peek() !== Token.n) return false;
  reader.keyword('null');
  return true;
}

function listDecoder(shape: ListShape): Decoder {
  const lengths = lengthConstraints<readonly unknown[]>(shape, (values) => values.length);
  const scalar = isScalar(shape.member) ? scalarDecoder(shape.member) : undefined;
  const together = scalar !== undefined && shape.reportEachMember !== true;
  const single = decoder(shape.member);
  const membersText = membersConstraint('Member', scalar?.constraints ?? []);
  return (reader, decoding, path) => {
    if (reader.peek() !== Token.openBracket) throw mismatch(reader, 'List');
    const values: unknown[] = [];
    const finished: unknown[] = [];
    let sound = true;
    reader.open();
    for (let first = true; reader.next(Token.closeBracket, first); first = false) {
      if (readNull(reader)) {
        decoding.violate(`${path}.${values.length + 1}.member`, null, mustNotBeNull);
        values.push(null);
      } else if (together) {
        const value = scalar.read(reader);
        sound &&= allHold(scalar.constraints, value);
        values.push(value);
        finished.push(scalar.finish(value, decoding));
      } else {
        values.push(single(reader, decoding, `${path}.${values.length + 1}.member`));
      }
    }
    const lengthsHold = allHold(lengths as readonly Constraint<unknown>[], values);
    if (!sound || !lengthsHold) {
      const echo =
        scalar &&
        echoOf(
          values.map((value) => (value === null ? 'null' : scalar.echo(value))),
          '[',
          ']',
        );
      for (const { holds, text } of lengths) if (!holds(values)) decoding.violate(path, echo, text);
      if (!sound) decoding.violate(path, echo, membersText);
    }
    return together ? finished : values;
  };
}

type Entries = Record<string, unknown>;

function mapDecoder(shape: MapShape): Decoder {
  const lengths = lengthConstraints<Entries>(shape, (entries) => Object.keys(entries).length);
  const key = scalarDecoder(shape.key);
  const scalar = isScalar(shape.value) ? scalarDecoder(shape.value) : undefined;
  const single = decoder(shape.value);
  const keysText = membersConstraint('Map keys', key.constraints);
  const valuesText = membersConstraint('Map value', scalar?.constraints ?? []);
  const echoOfEntries = (entries: Entries) =>
    scalar &&
    echoOf(
      Object.entries(entries).map(([name, value]) => {
        const shownKey = key.echo(name);
        const shownValue = value === null ? 'null' : scalar.echo(value);
        return shownKey === undefined || shownValue === undefined ? undefined : `${shownKey}=${shownValue}`;
      }),
      '{',
      '}',
    );
  return (reader, decoding, path) => {
    if (reader.peek() !== Token.openBrace) throw mismatch(reader, 'Structure');
    // INVARIANT: no prototype, so that `__proto__` and `constructor` are entries like any other.
    const read: Entries = Object.create(null);
    // What is handed out as it was read need not be kept twice; entries that are null are refused.
    const entries: Entries = scalar?.finish === asIs ? read : Object.create(null);
    let keysSound = true;
    let valuesSound = true;
    reader.open();
    for (let first = true; reader.next(Token.closeBrace, first); first = false) {
      reader.name();
      const name = reader.textValue();
      if (name in read) throw repeatedMember();
      keysSound &&= allHold(key.constraints, name);
      if (readNull(reader)) {
        decoding.violate(`${path}.${key.echo(name) ?? '*'}.member`, null, mustNotBeNull);
        read[name] = null;
      } else if (scalar !== undefined) {
        const value = scalar.read(reader);
        valuesSound &&= allHold(scalar.constraints, value);
        read[name] = value;
        entries[name] = scalar.finish(value, decoding);
      } else {
        entries[name] = read[name] = single(reader, decoding, `${path}.${key.echo(name) ?? '*'}.member`);
      }
    }
    for (const { holds, text } of lengths) if (!holds(read)) decoding.violate(path, echoOfEntries(read), text);
    if (!keysSound) decoding.violate(path, echoOfEntries(read), keysText);
    if (!valuesSound) decoding.violate(path, echoOfEntries(read), valuesText);
    return entries;
  };
}
