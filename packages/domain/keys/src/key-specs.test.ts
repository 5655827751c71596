import { readFileSync } from 'node:fs';
import { type KeySpec, type KeyUsage, algorithmsOf, allowsUsage, isKeySpec, keySpecs, specOf } from './key-specs';

interface Published {
  readonly family: string;
  readonly usages: readonly KeyUsage[];
  readonly encryptionAlgorithms?: readonly string[];
  readonly signingAlgorithms?: readonly { readonly name: string }[];
  readonly macAlgorithms?: readonly string[];
  readonly keyAgreementAlgorithms?: readonly string[];
  readonly keyBytes?: number;
  readonly rotation: boolean;
  readonly dataKeyPair?: boolean;
  readonly regions?: string;
  readonly import: boolean | string;
}

const { specs } = JSON.parse(readFileSync(`${__dirname}/../testdata/key-specs.json`, 'utf8')) as {
  specs: Record<KeySpec, Published>;
};
const published = Object.entries(specs) as [KeySpec, Published][];
const newer: KeySpec[] = ['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024'];

const algorithms = (row: Published): Partial<Record<KeyUsage, readonly string[]>> => ({
  ENCRYPT_DECRYPT: row.encryptionAlgorithms,
  SIGN_VERIFY: row.signingAlgorithms?.map(({ name }) => name),
  GENERATE_VERIFY_MAC: row.macAlgorithms,
  KEY_AGREEMENT: row.keyAgreementAlgorithms,
});

describe.each(published)('the key spec %s', (spec, row) => {
  it('allows the published usages, with their algorithms in the published order', () => {
    const expected = row.usages.map((usage) => [usage, algorithms(row)[usage]]);
    expect(specOf(spec).usages).toEqual(Object.fromEntries(expected));
  });

  it('is of its family, with material of its length', () => {
    expect(specOf(spec).family).toBe(row.family);
    expect(specOf(spec).materialBytes).toBe(row.keyBytes);
  });

  it('can be imported where the documents do not exclude it', () => {
    expect(specOf(spec).importable).toBe(row.import === true || row.import === 'unverified');
  });

  it('is a data key pair spec exactly where it is published as one', () => {
    expect(specOf(spec).dataKeyPair).toBe(row.dataKeyPair ?? false);
  });

  it('is marked when it is for China alone', () => {
    expect(specOf(spec).chinaOnly === true).toBe(row.regions === 'China only');
  });
});

describe('key specs', () => {
  it('are the published ones and the key encapsulation specs', () => {
    expect(Object.keys(keySpecs).sort()).toEqual([...published.map(([spec]) => spec), ...newer].sort());
  });

  it.each(newer)('let %s do key encapsulation alone', (spec) => {
    expect(specOf(spec).usages).toEqual({ ENCAPSULATE_DECAPSULATE: ['ML_KEM'] });
    expect(specOf(spec).importable).toBe(false);
  });

  it.each(['constructor', 'toString', '__proto__', 'symmetric_default', 'RSA_1024', ''])(
    'do not include %j',
    (text) => {
      expect(isKeySpec(text)).toBe(false);
    },
  );

  it('list no algorithms for a usage that the spec does not allow', () => {
    expect(algorithmsOf('RSA_2048', 'GENERATE_VERIFY_MAC')).toEqual([]);
    expect(allowsUsage('RSA_2048', 'GENERATE_VERIFY_MAC')).toBe(false);
    expect(allowsUsage('RSA_2048', 'SIGN_VERIFY')).toBe(true);
  });
});
