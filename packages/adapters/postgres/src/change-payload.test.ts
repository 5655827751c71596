import * as fc from 'fast-check';
import { parseAccountId, parseAliasName, parseKeyId, parseRegion } from '@keywarden/kernel';
import type { Change } from '@keywarden/keys';
import { changeOf, payloadOf } from './change-payload';

const account = parseAccountId('111122223333')!;
const region = parseRegion('eu-central-1')!;
const id = parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab')!;
const longestAlias = parseAliasName(`alias/${'a'.repeat(250)}`)!;

const changes: readonly Change[] = [
  { kind: 'key', name: { region, id } },
  { kind: 'alias', tenancy: { account, region }, alias: longestAlias },
  { kind: 'accessKey', accessKeyId: 'A'.repeat(128) },
  { kind: 'quotas' },
];

describe('the payload of an announcement', () => {
  it.each(changes)('is read back as it was written: $kind', (change) => {
    expect(changeOf(payloadOf(change))).toEqual(change);
  });

  it.each(changes)('fits into a notification: $kind', (change) => {
    expect(Buffer.byteLength(payloadOf(change))).toBeLessThan(8_000);
  });

  it.each([
    '',
    'null',
    '{}',
    '[]',
    '["key"]',
    '["key","eu-central-1",1]',
    '["key","eu-central-1","ALL"]',
    '["alias","1","eu-central-1","alias/a"]',
    '["alias","111122223333","eu-central-1","a"]',
    '["accessKey"]',
    '["grant","eu-central-1"]',
    '["constructor","a","b"]',
  ])('is not understood when it is %j', (payload) => {
    expect(changeOf(payload)).toBeUndefined();
  });

  it('is never a fault, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (payload) => {
        expect(() => changeOf(payload)).not.toThrow();
      }),
    );
  });
});
