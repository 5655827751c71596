import type { Instant, SecretBytes } from '@keywarden/kernel';
import type { EnumerationShape, ListShape, MapShape, Member, Members, RequiredMember, StructureShape } from './shape';

interface ScalarTypes {
  string: string;
  secretString: SecretBytes;
  integer: number;
  boolean: boolean;
  timestamp: Instant;
  blob: Uint8Array;
  secretBlob: SecretBytes;
}

type RequiredNames<M extends Members> = { [N in keyof M]: M[N] extends RequiredMember ? N : never }[keyof M];

type InferMembers<M extends Members> = {
  readonly [N in RequiredNames<M> as Uncapitalize<N & string>]: Infer<M[N]>;
} & {
  readonly [N in Exclude<keyof M, RequiredNames<M>> as Uncapitalize<N & string>]?: Infer<M[N]> | undefined;
};

type Flat<T> = { [N in keyof T]: T[N] };

/** The in-memory type of a shape: `Infer<typeof shape>`. */
export type Infer<S extends Member> =
  S extends RequiredMember<infer Inner>
    ? Infer<Inner>
    : S extends { readonly kind: infer K extends keyof ScalarTypes }
      ? ScalarTypes[K]
      : S extends EnumerationShape<infer V>
        ? V
        : S extends ListShape<infer M>
          ? readonly Infer<M>[]
          : S extends MapShape<infer V>
            ? { readonly [key: string]: Infer<V> }
            : S extends StructureShape<infer M>
              ? Flat<InferMembers<M>>
              : never;

/** The in-memory name of a wire member. */
export function memberName(wireName: string): string {
  return wireName.charAt(0).toLowerCase() + wireName.slice(1);
}
