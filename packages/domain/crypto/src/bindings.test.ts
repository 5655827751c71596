import { parseAccountId, parseKeyId, parseRegion } from '@keywarden/kernel';
import { parseKeyMaterialId } from '@keywarden/keys';
import { domainKeyBinding, importTokenBinding, materialBinding, materialIdInput, secretBinding } from './bindings';
import { toHex } from './hex';
import type { MaterialPlace } from './ports';

const place: MaterialPlace = {
  account: parseAccountId('111122223333')!,
  region: parseRegion('eu-central-1')!,
  keyId: parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab')!,
  materialId: parseKeyMaterialId('a1'.repeat(32))!,
  spec: 'SYMMETRIC_DEFAULT',
};

it.each<[keyof MaterialPlace, Partial<MaterialPlace>]>([
  ['account', { account: parseAccountId('444455556666')! }],
  ['region', { region: parseRegion('us-east-1')! }],
  ['keyId', { keyId: parseKeyId('mrk-1234abcd12ab34cd56ef1234567890ab')! }],
  ['materialId', { materialId: parseKeyMaterialId('b1'.repeat(32))! }],
  ['spec', { spec: 'HMAC_256' }],
])('binds wrapped material to its %s', (_what, change) => {
  expect(toHex(materialBinding({ ...place, ...change }))).not.toBe(toHex(materialBinding(place)));
});

it('keeps purposes apart even when their fields agree', () => {
  const secret = secretBinding({ ...place, purpose: place.keyId, name: place.spec });
  expect(toHex(secret)).not.toBe(toHex(importTokenBinding(place)));
});

it('does not let purpose and name of a secret run into each other', () => {
  const left = secretBinding({ ...place, purpose: 'ab', name: 'c' });
  expect(toHex(left)).not.toBe(toHex(secretBinding({ ...place, purpose: 'a', name: 'bc' })));
});

it('binds a domain key to its version', () => {
  expect(toHex(domainKeyBinding(place, 1))).not.toBe(toHex(domainKeyBinding(place, 11)));
});

it('makes the material id depend on key id and material only', () => {
  const material = new Uint8Array(32).fill(7);
  const other = parseKeyId('00000000-0000-4000-8000-000000000000')!;
  expect(toHex(materialIdInput(place.keyId, material))).not.toBe(toHex(materialIdInput(other, material)));
});
