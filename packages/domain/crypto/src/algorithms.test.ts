import { readFileSync } from 'node:fs';
import {
  type EncryptionAlgorithm,
  type MacAlgorithm,
  type SigningAlgorithm,
  isKeySpec,
  keySpecs,
} from '@keywarden/keys';
import {
  digestLengthOf,
  encapsulationBytesOf,
  macLengthOf,
  maxPlaintextBytes,
  messageTypesOf,
  modulusBytesOf,
  sharedSecretBytesOf,
  signingAlgorithms,
} from './algorithms';

interface Row {
  readonly maxPlaintext?: Readonly<Record<string, number>>;
  readonly signing?: readonly {
    name: SigningAlgorithm;
    messageTypes: readonly string[];
    digestLength: number | null;
  }[];
  readonly mac?: Readonly<Record<string, number>>;
  readonly sharedSecretBytes?: number;
  readonly modulusBytes?: number;
  readonly encapsulationBytes?: number;
}
const table = JSON.parse(readFileSync(`${__dirname}/testdata/key-specs.json`, 'utf8')) as {
  specs: Record<string, Row>;
};
const rows = Object.entries(table.specs);
const encryption: readonly EncryptionAlgorithm[] = [
  'SYMMETRIC_DEFAULT',
  'RSAES_OAEP_SHA_1',
  'RSAES_OAEP_SHA_256',
  'SM2PKE',
];

it('has a reference row for every key spec', () => {
  expect(rows.map(([spec]) => spec).sort()).toEqual(Object.keys(keySpecs).sort());
});

describe.each(rows)('%s', (spec, row) => {
  if (!isKeySpec(spec)) throw new Error(`${spec} is no key spec`);

  it.each(encryption)('takes plaintexts for %s up to the length of the reference', (algorithm) => {
    expect(maxPlaintextBytes(spec, algorithm)).toBe(row.maxPlaintext?.[algorithm]);
  });

  it('signs with the algorithms and message types of the reference and no others', () => {
    const expected = Object.fromEntries((row.signing ?? []).map((entry) => [entry.name, entry.messageTypes]));
    for (const algorithm of Object.keys(signingAlgorithms) as SigningAlgorithm[]) {
      expect([algorithm, messageTypesOf(spec, algorithm)]).toEqual([algorithm, expected[algorithm] ?? []]);
    }
    for (const entry of row.signing ?? []) expect(digestLengthOf(entry.name) ?? null).toBe(entry.digestLength);
  });

  it('has the lengths of the reference', () => {
    for (const [algorithm, length] of Object.entries(row.mac ?? {})) {
      expect(macLengthOf(algorithm as MacAlgorithm)).toBe(length);
    }
    expect(sharedSecretBytesOf(spec) ?? 0).toBe(row.sharedSecretBytes ?? (spec === 'SM2' ? 32 : 0));
    expect(modulusBytesOf(spec)).toBe(row.modulusBytes);
    expect(encapsulationBytesOf(spec)).toBe(row.encapsulationBytes);
  });
});
