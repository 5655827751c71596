import type { Member, Shape, StructureShape } from '@keywarden/aws-json';
import * as sdk from '@aws-sdk/client-kms';
import { keySpecs } from '@keywarden/keys';
import * as enumerations from './enumerations';
import { type AnswerOf, type CommandOf, type OperationName, operationShapes } from './operation-shapes';

/** A schema as the official SDK carries it: a number for a plain type, a tuple for the rest, functions for references. */
type Schema = number | 'unit' | readonly unknown[] | (() => Schema);

const plainTypes: Readonly<Record<number, string>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  21: 'blob',
};
const sensitiveTrait = 8;
const listOf = 64;
const mapOf = 128;

/** Both sides brought to one form: the member names, which are required, and the JSON type of each, all the way down. */
type Form = string | { readonly [name: string]: Form };

function formOfSchema(schema: Schema): Form {
  if (typeof schema === 'function') return formOfSchema(schema());
  if (schema === 'unit') return 'nothing';
  if (typeof schema === 'number') {
    const plain = plainTypes[schema & ~(listOf | mapOf)];
    const collection = (schema & listOf) !== 0 ? 'list of ' : (schema & mapOf) !== 0 ? 'map of ' : '';
    return `${collection}${plain}`;
  }
  if (typeof schema[0] === 'function') return formOfSchema(schema[0] as () => Schema);
  const [kind, , , traits] = schema;
  if (kind === 0) return `${traits === sensitiveTrait ? 'sensitive ' : ''}${String(formOfSchema(schema[4] as Schema))}`;
  if (kind === 1) return { member: formOfSchema(schema[4] as Schema) };
  const names = schema[4] as readonly string[];
  const types = schema[5] as readonly Schema[];
  const requiredCount = (schema[6] as number | undefined) ?? 0;
  return Object.fromEntries(
    names.map((name, index) => [`${name}${index < requiredCount ? '!' : ''}`, formOfSchema(types[index] ?? 0)]),
  );
}

function formOfShape(shape: Shape): Form {
  switch (shape.kind) {
    case 'structure':
      return Object.fromEntries(
        Object.entries<Member>(shape.members).map(([name, member]) =>
          member.kind === 'required' ? [`${name}!`, formOfShape(member.shape)] : [name, formOfShape(member)],
        ),
      );
    case 'list': {
      const member = formOfShape(shape.member);
      return typeof member === 'string' ? `list of ${member}` : { member };
    }
    case 'map':
      return `map of ${String(formOfShape(shape.value))}`;
    case 'integer':
      return 'number';
    case 'enumeration':
      return 'string';
    case 'secretBlob':
      return 'sensitive blob';
    case 'secretString':
      return 'sensitive string';
    case 'string':
      return shape.sensitive === true ? 'sensitive string' : 'string';
    default:
      return shape.kind;
  }
}

const sdkExports = sdk as unknown as Readonly<Record<string, unknown>>;
const isOperation = (value: unknown): value is readonly Schema[] => Array.isArray(value) && value[0] === 9;
const sdkOperations = Object.values(sdkExports).filter(isOperation);
const nameOf = (operation: readonly unknown[]) => operation[2] as OperationName;

/** What AWS KMS has added since: the service model of boto3 1.44.8 shows it, the SDK installed here does not yet. */
const newerThanTheSdk: Readonly<Partial<Record<OperationName, Readonly<Record<string, Form>>>>> = {
  ListKeys: { ResourceOwners: 'list of string' },
};

describe('the operation table', () => {
  it('holds exactly the operations of the official SDK', () => {
    expect(Object.keys(operationShapes).sort()).toEqual(sdkOperations.map(nameOf).sort());
    expect(sdkOperations).toHaveLength(56);
  });

  it.each(sdkOperations.map((operation) => [nameOf(operation), operation] as const))(
    '%s takes the members of the official SDK, no more and no fewer',
    (name, operation) => {
      const expected = formOfSchema(operation[4] ?? 0) as Record<string, Form>;
      const newer = newerThanTheSdk[name] ?? {};
      expect(Object.keys(newer).filter((member) => member in expected)).toEqual([]);
      expect(formOfShape(operationShapes[name].input)).toEqual({ ...expected, ...newer });
    },
  );

  it.each(sdkOperations.map((operation) => [nameOf(operation), operation] as const))(
    '%s answers with the members of the official SDK, no more and no fewer',
    (name, operation) => {
      const output: StructureShape | undefined = operationShapes[name].output;
      const expected = formOfSchema(operation[5] ?? 0);
      if (output === undefined) return expect(expected).toBe('nothing');
      // The SDK marks the public wrapping key sensitive; it is public, so it stays plain bytes here.
      const form = formOfShape(output) as Record<string, Form>;
      expect(name === 'GetParametersForImport' ? { ...form, PublicKey: 'sensitive blob' } : form).toEqual(expected);
    },
  );

  it('names the 14 operations that answer with an empty body', () => {
    const empty = Object.entries(operationShapes).filter(([, { output }]) => output === undefined);
    expect(empty.map(([name]) => name)).toEqual([
      'CreateAlias',
      'DeleteAlias',
      'DisableKey',
      'DisableKeyRotation',
      'EnableKey',
      'EnableKeyRotation',
      'PutKeyPolicy',
      'RetireGrant',
      'RevokeGrant',
      'TagResource',
      'UntagResource',
      'UpdateAlias',
      'UpdateKeyDescription',
      'UpdatePrimaryRegion',
    ]);
  });

  it('gives commands and answers their types', () => {
    const command: CommandOf<'EnableKeyRotation'> = { keyId: 'k', rotationPeriodInDays: 90 };
    const answer: AnswerOf<'EnableKeyRotation'> = undefined;
    const described: AnswerOf<'DescribeKey'> = { keyMetadata: { keyId: 'k', keyState: 'Enabled' } };
    // @ts-expect-error a key state that does not exist
    const wrong: AnswerOf<'DescribeKey'> = { keyMetadata: { keyId: 'k', keyState: 'Asleep' } };
    expect([command, answer, described, wrong]).toHaveLength(4);
  });
});

const sdkEnumerations = Object.values(sdkExports)
  .filter((value): value is Readonly<Record<string, string>> => typeof value === 'object' && value !== null)
  .map((value) => Object.values(value))
  .filter((values) => values.length > 0 && values.every((value) => typeof value === 'string'))
  .map((values) => [...values].sort().join());

describe('an enumeration', () => {
  it.each(Object.entries(enumerations).map(([name, { values }]) => [name, values] as const))(
    '%s has the values of the official SDK',
    (_, values) => {
      expect(sdkEnumerations).toContain([...values].sort().join());
    },
  );

  it('of key specs agrees with the capability table', () => {
    expect([...enumerations.keySpec.values].sort()).toEqual(Object.keys(keySpecs).sort());
  });
});
