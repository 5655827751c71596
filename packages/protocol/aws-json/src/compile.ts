import { type Result, accept, refuse } from '@keywarden/kernel';
import { ByteWriter } from './byte-writer';
import { decoder } from './decode';
import { Decoding } from './decoding';
import { encoder } from './encode';
import type { Infer } from './infer';
import { JsonReader, NotReadable, Token } from './json-reader';
import type { StructureShape } from './shape';
import type { WireRefusal } from './wire-refusal';

/** Reads and writes the bodies of one structure shape. */
export interface Codec<T> {
  /**
   * Parses a body once, checking every constraint. An empty body and `null` count as `{}`, members that are `null` as
   * absent; unknown members are ignored. Never throws on any bytes. `body` is only read, during the call.
   */
  decode(body: Uint8Array): Result<T, WireRefusal>;
  /** The body bytes, which may hold exposed secrets: the receiver sends them and keeps no copy. */
  encode(value: T): Uint8Array;
}

/** Compiles a shape into its codec; do it once per shape, at start. */
export function compile<S extends StructureShape>(shape: S): Codec<Infer<S>> {
  const read = decoder(shape);
  const write = encoder(shape);
  return {
    decode(body) {
      const decoding = new Decoding();
      try {
        const value = readBody(body, (reader) => read(reader, decoding, ''));
        // The decoder was built from the same shape that the type is inferred from.
        if (decoding.violationCount === 0) return accept(value as Infer<S>);
        decoding.wipe();
        return refuse({ code: 'ConstraintsViolated', violations: decoding.violations });
      } catch (fault) {
        decoding.wipe();
        if (fault instanceof NotReadable) return refuse({ code: 'SerializationFailed', message: fault.message });
        throw fault;
      }
    },
    encode(value) {
      const writer = new ByteWriter();
      write(writer, value);
      return writer.finish();
    },
  };
}

const emptyObject = new Uint8Array([Token.openBrace, Token.closeBrace]);

function readBody(body: Uint8Array, read: (reader: JsonReader) => unknown): unknown {
  const reader = new JsonReader(body.length === 0 ? emptyObject : body);
  if (reader.peek() !== Token.n) {
    const value = read(reader);
    reader.end();
    return value;
  }
  reader.keyword('null');
  reader.end();
  return read(new JsonReader(emptyObject));
}
