import { SecretBytes, instant } from '@keywarden/kernel';
import {
  type Infer,
  blob,
  boolean,
  compile,
  integer,
  list,
  map,
  required,
  secretBlob,
  string,
  structure,
  timestamp,
} from './index';

const shape = structure({
  KeyId: required(string()),
  Count: integer(),
  Flag: boolean(),
  At: timestamp(),
  Data: blob(),
  Plaintext: secretBlob(),
  Names: list(string()),
  Context: map(string(), string()),
});
const codec = compile(shape);
const written = (value: Infer<typeof shape>) => Buffer.from(codec.encode(value)).toString('utf8');

describe('an encoder', () => {
  it('writes members under their wire names in the order of the shape', () => {
    expect(written({ flag: false, count: 3, keyId: 'k', names: ['a', 'b'], context: { a: 'b' } })).toBe(
      '{"KeyId":"k","Count":3,"Flag":false,"Names":["a","b"],"Context":{"a":"b"}}',
    );
  });

  it('leaves out absent members and writes empty collections', () => {
    expect(written({ keyId: '', count: undefined, names: [], context: {} })).toBe(
      '{"KeyId":"","Names":[],"Context":{}}',
    );
  });

  it.each([
    [1_700_000_000_000, '1700000000'],
    [1_700_000_000_120, '1700000000.12'],
    [1_700_000_000_001, '1700000000.001'],
    [-1, '-0.001'],
    [8.64e15, '8640000000000'],
  ])('writes %d milliseconds as seconds', (milliseconds, expected) => {
    expect(written({ keyId: 'k', at: instant(milliseconds) })).toBe(`{"KeyId":"k","At":${expected}}`);
  });

  it.each([[[]], [[1]], [[1, 2]], [[1, 2, 3]], [[250, 251, 252, 253]]])('writes the bytes %j as base64', (bytes) => {
    const expected = Buffer.from(bytes).toString('base64');
    expect(written({ keyId: 'k', data: new Uint8Array(bytes) })).toBe(`{"KeyId":"k","Data":"${expected}"}`);
    const plaintext = SecretBytes.copyOf(new Uint8Array(bytes));
    expect(written({ keyId: 'k', plaintext })).toBe(`{"KeyId":"k","Plaintext":"${expected}"}`);
  });

  it('escapes what JSON must escape and keeps other text as UTF-8', () => {
    const keyId = 'a"\\\u0000\n\u007fé日😀';
    expect(JSON.parse(written({ keyId }))).toEqual({ KeyId: keyId });
    expect(written({ keyId: 'é'.repeat(2000) })).toBe(`{"KeyId":"${'é'.repeat(2000)}"}`);
  });

  it('grows with its value', () => {
    const data = new Uint8Array(300_000).fill(7);
    expect(JSON.parse(written({ keyId: 'k', data }))).toEqual({
      KeyId: 'k',
      Data: Buffer.from(data).toString('base64'),
    });
  });

  it('wipes the buffers it outgrows, for they may hold secrets', () => {
    const allocate = jest.spyOn(Buffer, 'allocUnsafeSlow');
    const plaintext = SecretBytes.copyOf(new Uint8Array(300).fill(7));
    codec.encode({ keyId: 'k', plaintext, names: Array.from({ length: 3000 }, () => 'name') });
    const buffers = allocate.mock.results.map(({ value }) => value as Buffer);
    allocate.mockRestore();
    expect(buffers.length).toBeGreaterThan(2);
    for (const outgrown of buffers.slice(0, -1)) expect(outgrown.every((byte) => byte === 0)).toBe(true);
  });

  it('faults on a number that is no integer instead of writing it', () => {
    expect(() => written({ keyId: 'k', count: 1.5 })).toThrow(RangeError);
    expect(() => written({ keyId: 'k', count: Number.NaN })).toThrow(RangeError);
  });
});
