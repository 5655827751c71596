import { type KeyUsage, type KmsKey, specOf } from '@keywarden/keys';

type KeyKind = Pick<KmsKey, 'spec' | 'usage'>;
type Fits = (key: KeyKind) => boolean;

const withUsage =
  (usage: KeyUsage): Fits =>
  (key) =>
    key.usage === usage;
const encrypts = withUsage('ENCRYPT_DECRYPT');
const signs = withUsage('SIGN_VERIFY');
const makesMacs = withUsage('GENERATE_VERIFY_MAC');
const agrees = withUsage('KEY_AGREEMENT');
const encapsulates = withUsage('ENCAPSULATE_DECAPSULATE');
const makesDataKeys: Fits = (key) => encrypts(key) && isSymmetricKey(key);
const hasPublicKey: Fits = ({ spec }) => specOf(spec).family === 'asymmetric';
const any: Fits = () => true;

/**
 * The operations a grant can allow, and for each the keys it can be allowed on. The order is that of the service model;
 * grants keep and show their operations in it.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/grants.html#terms-grant-operations
 */
const grantOperations = {
  Decrypt: encrypts,
  Encrypt: encrypts,
  GenerateDataKey: makesDataKeys,
  GenerateDataKeyWithoutPlaintext: makesDataKeys,
  ReEncryptFrom: encrypts,
  ReEncryptTo: encrypts,
  Sign: signs,
  Verify: signs,
  GetPublicKey: hasPublicKey,
  CreateGrant: any,
  RetireGrant: any,
  DescribeKey: any,
  GenerateDataKeyPair: makesDataKeys,
  GenerateDataKeyPairWithoutPlaintext: makesDataKeys,
  GenerateMac: makesMacs,
  VerifyMac: makesMacs,
  DeriveSharedSecret: agrees,
  Encapsulate: encapsulates,
  Decapsulate: encapsulates,
} as const satisfies Record<string, Fits>;

export type GrantOperation = keyof typeof grantOperations;

/** All of them, in the order of the service model. */
export const allGrantOperations = Object.keys(grantOperations) as readonly GrantOperation[];

/** Safe against names of the prototype: "constructor" is no grant operation. */
export function isGrantOperation(text: string): text is GrantOperation {
  return Object.hasOwn(grantOperations, text);
}

/** Can a key of this spec and usage do the operation at all? */
export function fitsKey(operation: GrantOperation, key: KeyKind): boolean {
  return grantOperations[operation](key);
}

/** Only symmetric encryption keys take an encryption context. */
export function isSymmetricKey({ spec }: KeyKind): boolean {
  return specOf(spec).family === 'symmetric';
}

/** Each operation once, in the order of the service model, so that equal sets are equal lists. */
export function inModelOrder(operations: readonly GrantOperation[]): readonly GrantOperation[] {
  const given = new Set(operations);
  return allGrantOperations.filter((operation) => given.has(operation));
}
