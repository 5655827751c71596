import { SecretBytes, instant, type Instant } from '@keywarden/kernel';
import {
  type Constraint,
  enumerationConstraint,
  lengthConstraints,
  patternConstraints,
  valueConstraints,
} from './constraints';
import type { Decoding } from './decoding';
import { type JsonReader, Token } from './json-reader';
import type { ScalarShape, SecretStringShape, StringShape } from './shape';
import { mismatch } from './token-mismatch';

/** How one scalar shape is read, checked and shown. `T` is the value the constraints look at. */
export interface ScalarDecoder<T = unknown> {
  /** Consumes the value, which is present and not null. */
  readonly read: (reader: JsonReader) => T;
  readonly constraints: readonly Constraint<T>[];
  /** The value as a message shows it; undefined when it must stay out of messages. */
  readonly echo: (value: T) => string | undefined;
  /** Turns the checked value into the one the command holds. */
  readonly finish: (value: T, decoding: Decoding) => unknown;
}

const concealed = (): undefined => undefined;
/** The value a command holds is the one that was read. */
export const asIs = (value: unknown): unknown => value;
const largestInteger = 2_147_483_647;

function readString(reader: JsonReader): string {
  if (reader.peek() !== Token.quote) throw mismatch(reader, 'String');
  reader.text();
  return reader.textValue();
}

function readBlob(reader: JsonReader): Uint8Array {
  if (reader.peek() !== Token.quote) throw mismatch(reader, 'Blob');
  reader.text();
  const bytes = reader.base64Value();
  if (bytes === undefined) throw mismatch(reader, 'Blob', 'STRING_VALUE');
  return bytes;
}

function readNumber(reader: JsonReader, expected: 'Integer' | 'Timestamp'): number {
  const code = reader.peek();
  if (code !== Token.minus && (code < Token.zero || code > Token.nine)) throw mismatch(reader, expected);
  return reader.number();
}

function readInteger(reader: JsonReader): number {
  const value = readNumber(reader, 'Integer');
  if (!Number.isInteger(value) || value > largestInteger || value < -largestInteger - 1) {
    throw mismatch(reader, 'Integer', 'NUMBER_VALUE');
  }
  return value === 0 ? 0 : value;
}

function readTimestamp(reader: JsonReader): Instant {
  const milliseconds = Math.round(readNumber(reader, 'Timestamp') * 1000);
  if (!(Math.abs(milliseconds) <= 8.64e15)) throw mismatch(reader, 'Timestamp', 'NUMBER_VALUE');
  return instant(milliseconds === 0 ? 0 : milliseconds);
}

function readBoolean(reader: JsonReader): boolean {
  const code = reader.peek();
  if (code !== Token.t && code !== Token.f) throw mismatch(reader, 'Boolean');
  reader.keyword(code === Token.t ? 'true' : 'false');
  return code === Token.t;
}

function stringConstraints(shape: StringShape | SecretStringShape): readonly Constraint<string>[] {
  return [...lengthConstraints<string>(shape, (value) => value.length), ...patternConstraints(shape.pattern)];
}

const define = <T>(decoder: ScalarDecoder<T>): ScalarDecoder => decoder as ScalarDecoder;

export function scalarDecoder(shape: ScalarShape): ScalarDecoder {
  switch (shape.kind) {
    case 'string':
      return define<string>({
        read: readString,
        constraints: stringConstraints(shape),
        echo: shape.sensitive === true ? concealed : (value) => value,
        finish: asIs,
      });
    case 'secretString':
      return define<string>({
        read: readString,
        constraints: stringConstraints(shape),
        echo: concealed,
        finish: (value, decoding) => decoding.own(SecretBytes.adopt(new TextEncoder().encode(value))),
      });
    case 'enumeration':
      return define<string>({
        read: readString,
        constraints: [enumerationConstraint(shape.values, shape.told)],
        echo: (value) => value,
        finish: asIs,
      });
    case 'integer':
      return define<number>({ read: readInteger, constraints: valueConstraints(shape), echo: String, finish: asIs });
    case 'boolean':
      return define<boolean>({ read: readBoolean, constraints: [], echo: String, finish: asIs });
    case 'timestamp':
      return define<Instant>({ read: readTimestamp, constraints: [], echo: String, finish: asIs });
    case 'blob':
    case 'secretBlob':
      return define<Uint8Array>({
        read: readBlob,
        constraints: lengthConstraints<Uint8Array>(shape, (value) => value.length),
        echo: concealed,
        finish:
          shape.kind === 'blob' ? asIs : (value, decoding) => decoding.own(SecretBytes.adopt(value as Uint8Array)),
      });
  }
}
