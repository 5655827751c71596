import { type Infer, type Member, type Shape, type StructureShape, memberName } from '@keywarden/aws-json';
import type { Instant, SecretBytes } from '@keywarden/kernel';
import { xmlElement, xmlText } from './xml-text';

type Writer = (value: unknown) => string;

/** How single string shapes are spelled on the wire where that differs from their text. */
export type Spellings = ReadonlyMap<Shape, (text: string) => string>;

/**
 * Compiles an output shape into a writer of its XML content, which may hold exposed secrets. It trusts the type of its
 * value and checks no constraint: what the service answers is its own.
 */
export function queryOutput<S extends StructureShape>(
  shape: S,
  spellings: Spellings = new Map(),
): (value: Infer<S>) => string {
  return writerOf(shape, spellings);
}

function writerOf(shape: Shape, spellings: Spellings): Writer {
  switch (shape.kind) {
    case 'string':
    case 'enumeration': {
      const spell = spellings.get(shape);
      return (value) => xmlText(spell === undefined ? (value as string) : spell(value as string));
    }
    case 'integer':
      return (value) => wholeNumber(value as number);
    case 'boolean':
      return (value) => (value === true ? 'true' : 'false');
    case 'timestamp':
      return (value) => isoSeconds(value as Instant);
    case 'blob':
      return (value) => base64(value as Uint8Array);
    case 'secretBlob':
      return (value) => (value as SecretBytes).expose(base64);
    case 'secretString':
      return (value) => (value as SecretBytes).expose((bytes) => xmlText(new TextDecoder().decode(bytes)));
    case 'list':
      return listWriter(writerOf(shape.member, spellings));
    case 'map':
      return mapWriter(writerOf(shape.value, spellings));
    case 'structure':
      return structureWriter(shape, spellings);
  }
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError('an integer member holds no whole number');
  return String(value);
}

/** In whole seconds, cut off, as AWS Query services write it: an expiry is never shown later than it is. */
function isoSeconds(at: Instant): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function listWriter(member: Writer): Writer {
  return (value) => (value as readonly unknown[]).map((one) => xmlElement('member', member(one))).join('');
}

function mapWriter(entry: Writer): Writer {
  return (value) =>
    Object.entries(value as Readonly<Record<string, unknown>>)
      .map(([key, held]) => xmlElement('entry', xmlElement('key', xmlText(key)) + xmlElement('value', entry(held))))
      .join('');
}

function structureWriter(shape: StructureShape, spellings: Spellings): Writer {
  const members = Object.entries(shape.members).map(([wireName, member]) => ({
    wireName,
    name: memberName(wireName),
    write: writerOf(innerShape(member), spellings),
  }));
  return (value) => {
    const record = value as Readonly<Record<string, unknown>>;
    return members
      .map(({ wireName, name, write }) => {
        const held = record[name];
        return held === undefined ? '' : xmlElement(wireName, write(held));
      })
      .join('');
  };
}

const innerShape = (member: Member): Shape => (member.kind === 'required' ? member.shape : member);
