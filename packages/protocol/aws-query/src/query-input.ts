import { type Infer, type StructureShape, compile } from '@keywarden/aws-json';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { Form } from './form-body';
import { parameterTree } from './parameter-tree';
import { NotReadable, type QueryRefusal } from './query-refusal';
import { structureDocument } from './wire-document';

/** Reads the parameters of one structure shape. */
export interface QueryInput<T> {
  /** Checks every constraint; unknown parameters are ignored, `Action` and `Version` among them. Never throws. */
  decode(form: Form): Result<T, QueryRefusal>;
}

/** Compiles an input shape; do it once per shape, at start. */
export function queryInput<S extends StructureShape>(shape: S): QueryInput<Infer<S>> {
  const codec = compile(shape);
  return {
    decode(form) {
      const document = readable(() => structureDocument(shape, parameterTree(form)));
      if (!document.ok) return document;
      const bytes = new TextEncoder().encode(JSON.stringify(document.value));
      const decoded = codec.decode(bytes);
      bytes.fill(0);
      if (decoded.ok) return decoded;
      return decoded.refusal.code === 'ConstraintsViolated'
        ? refuse(decoded.refusal)
        : refuse({ code: 'ParameterMalformed', message: 'A parameter does not have the form its type asks for.' });
    },
  };
}

function readable<T>(read: () => T): Result<T, QueryRefusal> {
  try {
    return accept(read());
  } catch (thrown) {
    if (thrown instanceof NotReadable) return refuse({ code: 'ParameterMalformed', message: thrown.message });
    throw thrown;
  }
}
