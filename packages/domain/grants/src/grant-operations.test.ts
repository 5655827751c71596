import { type KeySpec, type KeyUsage, allowsUsage, keySpecs } from '@keywarden/keys';
import { type GrantOperation, allGrantOperations, fitsKey, inModelOrder, isGrantOperation } from './grant-operations';

const kinds = (Object.keys(keySpecs) as KeySpec[]).flatMap((spec) =>
  (['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT', 'ENCAPSULATE_DECAPSULATE'] as KeyUsage[])
    .filter((usage) => allowsUsage(spec, usage))
    .map((usage) => ({ spec, usage })),
);
const always: GrantOperation[] = ['CreateGrant', 'RetireGrant', 'DescribeKey'];
const encryption: GrantOperation[] = ['Decrypt', 'Encrypt', 'ReEncryptFrom', 'ReEncryptTo'];
const dataKeys = allGrantOperations.filter((operation) => operation.startsWith('GenerateDataKey'));

function expected(spec: KeySpec, usage: KeyUsage): readonly GrantOperation[] {
  if (spec === 'SYMMETRIC_DEFAULT') return [...always, ...encryption, ...dataKeys];
  if (spec.startsWith('HMAC')) return [...always, 'GenerateMac', 'VerifyMac'];
  const own: Partial<Record<KeyUsage, readonly GrantOperation[]>> = {
    ENCRYPT_DECRYPT: encryption,
    SIGN_VERIFY: ['Sign', 'Verify'],
    KEY_AGREEMENT: ['DeriveSharedSecret'],
    ENCAPSULATE_DECAPSULATE: ['Encapsulate', 'Decapsulate'],
  };
  return [...always, 'GetPublicKey', ...own[usage]!];
}

describe('the operations of grants', () => {
  it('are nineteen', () => {
    expect(allGrantOperations).toHaveLength(19);
    expect(dataKeys).toHaveLength(4);
  });

  it.each(kinds)('are those a $spec key for $usage can do', ({ spec, usage }) => {
    const fitting = allGrantOperations.filter((operation) => fitsKey(operation, { spec, usage }));
    expect([...fitting].sort()).toEqual([...expected(spec, usage)].sort());
  });

  it('are kept once each, in the order of the service model', () => {
    expect(inModelOrder(['DescribeKey', 'Encrypt', 'Decrypt', 'Encrypt'])).toEqual([
      'Decrypt',
      'Encrypt',
      'DescribeKey',
    ]);
  });

  it('do not include names of the prototype', () => {
    expect(isGrantOperation('Decapsulate')).toBe(true);
    for (const name of ['constructor', 'toString', 'decrypt', '']) expect(isGrantOperation(name)).toBe(false);
  });
});
