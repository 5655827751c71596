import type { Instant, SecretBytes } from '@keywarden/kernel';
import type { ByteWriter } from './byte-writer';
import { memberName } from './infer';
import type { Shape, StructureShape } from './shape';

export type Encoder = (writer: ByteWriter, value: unknown) => void;

/**
 * Builds the encoder of one shape once. It trusts the type of its value and checks no constraint: what the service
 * answers is its own.
 */
export function encoder(shape: Shape): Encoder {
  switch (shape.kind) {
    case 'string':
    case 'enumeration':
      return (writer, value) => writer.string(value as string);
    case 'integer':
      return (writer, value) => writer.ascii(wholeNumber(value as number));
    case 'boolean':
      return (writer, value) => writer.ascii(value === true ? 'true' : 'false');
    case 'timestamp':
      return (writer, value) => writer.ascii(seconds(value as Instant));
    case 'blob':
      return (writer, value) => writer.base64(value as Uint8Array);
    case 'secretBlob':
      return (writer, value) => (value as SecretBytes).expose((bytes) => writer.base64(bytes));
    case 'secretString':
      return (writer, value) =>
        (value as SecretBytes).expose((bytes) => writer.string(new TextDecoder().decode(bytes)));
    case 'list':
      return listEncoder(encoder(shape.member));
    case 'map':
      return mapEncoder(encoder(shape.value));
    case 'structure':
      return structureEncoder(shape);
  }
}

function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError('an integer member holds no whole number');
  return String(value);
}

/** Seconds with at most three decimals, never in exponent form. */
function seconds(at: Instant): string {
  const milliseconds = Math.abs(at) % 1000;
  const whole = (Math.abs(at) - milliseconds) / 1000;
  const fraction = milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0').replace(/0+$/, '')}`;
  return `${at < 0 ? '-' : ''}${whole}${fraction}`;
}

function listEncoder(member: Encoder): Encoder {
  return (writer, value) => {
    let separator = '[';
    for (const element of value as readonly unknown[]) {
      writer.ascii(separator);
      member(writer, element);
      separator = ',';
    }
    writer.ascii(separator === '[' ? '[]' : ']');
  };
}

function mapEncoder(entry: Encoder): Encoder {
  return (writer, value) => {
    let separator = '{';
    for (const [name, held] of Object.entries(value as Readonly<Record<string, unknown>>)) {
      writer.ascii(separator);
      writer.string(name);
      writer.ascii(':');
      entry(writer, held);
      separator = ',';
    }
    writer.ascii(separator === '{' ? '{}' : '}');
  };
}

function structureEncoder(shape: StructureShape): Encoder {
  const members = Object.entries(shape.members).map(([wireName, member]) => ({
    name: memberName(wireName),
    label: `${JSON.stringify(wireName)}:`,
    encode: encoder(member.kind === 'required' ? member.shape : member),
  }));
  return (writer, value) => {
    const record = value as Readonly<Record<string, unknown>>;
    let separator = '{';
    for (const { name, label, encode } of members) {
      const held = record[name];
      if (held === undefined) continue;
      writer.ascii(separator);
      writer.ascii(label);
      encode(writer, held);
      separator = ',';
    }
    writer.ascii(separator === '{' ? '{}' : '}');
  };
}
