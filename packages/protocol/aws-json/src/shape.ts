/** Bounds on a length (UTF-16 units, bytes or elements) or a numeric value; both ends included. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface StringOptions extends Bounds {
  /** A regular expression in the service model's notation; the whole value must match. */
  readonly pattern?: string;
  /** Never echo the value in a validation message. */
  readonly sensitive?: boolean;
}

export interface StringShape extends StringOptions {
  readonly kind: 'string';
}
export interface SecretStringShape extends Omit<StringOptions, 'sensitive'> {
  readonly kind: 'secretString';
}
export interface IntegerShape extends Bounds {
  readonly kind: 'integer';
}
export interface BooleanShape {
  readonly kind: 'boolean';
}
export interface TimestampShape {
  readonly kind: 'timestamp';
}
export interface BlobShape extends Bounds {
  readonly kind: 'blob';
}
export interface SecretBlobShape extends Bounds {
  readonly kind: 'secretBlob';
}
export interface EnumerationShape<V extends string = string> {
  readonly kind: 'enumeration';
  readonly values: readonly V[];
  /** What a message lists in place of the values: services do not always tell the set that they take. */
  readonly told?: readonly string[];
}
export interface ListOptions extends Bounds {
  /** Report a faulty scalar member under its own path (`keys.2.member`) instead of once for the whole list. */
  readonly reportEachMember?: boolean;
}
export interface ListShape<M extends Shape = Shape> extends ListOptions {
  readonly kind: 'list';
  readonly member: M;
}
export interface MapShape<V extends Shape = Shape> extends Bounds {
  readonly kind: 'map';
  readonly key: StringShape;
  readonly value: V;
}
export interface RequiredMember<S extends Shape = Shape> {
  readonly kind: 'required';
  readonly shape: S;
}
export type Member = Shape | RequiredMember;
export type Members = { readonly [wireName: string]: Member };
export interface StructureShape<M extends Members = Members> {
  readonly kind: 'structure';
  readonly members: M;
}

export type ScalarShape =
  | StringShape
  | SecretStringShape
  | IntegerShape
  | BooleanShape
  | TimestampShape
  | BlobShape
  | SecretBlobShape
  | EnumerationShape;

/** What a value may look like on the wire, with the constraints the service model attaches to it. */
export type Shape = ScalarShape | ListShape | MapShape | StructureShape;

export const string = (options: StringOptions = {}): StringShape => ({ kind: 'string', ...options });

/** Text such as a passphrase: decoded into `SecretBytes` holding its UTF-8 form. */
export const secretString = (options: Omit<StringOptions, 'sensitive'> = {}): SecretStringShape => ({
  kind: 'secretString',
  ...options,
});

/** A whole number of 32 bits. */
export const integer = (bounds: Bounds = {}): IntegerShape => ({ kind: 'integer', ...bounds });

export const boolean = (): BooleanShape => ({ kind: 'boolean' });

/** Seconds since 1970 on the wire, an `Instant` in memory. */
export const timestamp = (): TimestampShape => ({ kind: 'timestamp' });

/** Bytes, base64 on the wire. */
export const blob = (bounds: Bounds = {}): BlobShape => ({ kind: 'blob', ...bounds });

/** Bytes that must stay secret: base64 on the wire, `SecretBytes` in memory. */
export const secretBlob = (bounds: Bounds = {}): SecretBlobShape => ({ kind: 'secretBlob', ...bounds });

export const enumeration = <const V extends string>(
  values: readonly V[],
  options: Pick<EnumerationShape, 'told'> = {},
): EnumerationShape<V> => ({ kind: 'enumeration', values, ...options });

export const list = <M extends Shape>(member: M, options: ListOptions = {}): ListShape<M> => ({
  kind: 'list',
  member,
  ...options,
});

export const map = <V extends Shape>(key: StringShape, value: V, bounds: Bounds = {}): MapShape<V> => ({
  kind: 'map',
  key,
  value,
  ...bounds,
});

/** Marks a structure member whose absence is a violation. */
export const required = <S extends Shape>(shape: S): RequiredMember<S> => ({ kind: 'required', shape });

/** Members under their wire names; in memory the first letter is lower case (`KeyId` becomes `keyId`). */
export const structure = <M extends Members>(members: M): StructureShape<M> => ({ kind: 'structure', members });
