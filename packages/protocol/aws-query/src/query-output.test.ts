import {
  type Infer,
  blob,
  boolean,
  enumeration,
  integer,
  list,
  map,
  required,
  secretBlob,
  secretString,
  string,
  structure,
  timestamp,
} from '@keywarden/aws-json';
import { SecretBytes, instant } from '@keywarden/kernel';
import { queryOutput } from './index';

const document = string();
const shape = structure({
  Name: required(string()),
  Document: document,
  Count: integer(),
  Flag: boolean(),
  At: timestamp(),
  Data: blob(),
  Secret: secretString(),
  Key: secretBlob(),
  Colour: enumeration(['RED']),
  Users: list(structure({ Name: string() })),
  Names: list(string()),
  Context: map(string(), string()),
});
const write = queryOutput(shape, new Map([[document, encodeURIComponent]]));
const written = (value: Partial<Infer<typeof shape>>) => write({ name: 'n', ...value }).replace('<Name>n</Name>', '');

describe('XML of an answer', () => {
  it('has members under their wire names in the order of the shape', () => {
    expect(write({ flag: false, count: 3, name: 'n', colour: 'RED' })).toBe(
      '<Name>n</Name><Count>3</Count><Flag>false</Flag><Colour>RED</Colour>',
    );
  });

  it('has lists as member elements, empty ones included', () => {
    expect(written({ users: [{ name: 'a' }, {}], names: ['x', 'y'] })).toBe(
      '<Users><member><Name>a</Name></member><member/></Users><Names><member>x</member><member>y</member></Names>',
    );
    expect(written({ users: [] })).toBe('<Users/>');
  });

  it('has maps as entries', () => {
    expect(written({ context: { 'a<': '1' } })).toBe(
      '<Context><entry><key>a&lt;</key><value>1</value></entry></Context>',
    );
  });

  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [Date.UTC(2026, 0, 2, 3, 4, 5), '2026-01-02T03:04:05Z'],
    [Date.UTC(2026, 0, 2, 3, 4, 5, 999), '2026-01-02T03:04:05Z'],
    [-1, '1969-12-31T23:59:59Z'],
  ])('has the time %d in ISO 8601, in whole seconds', (milliseconds, expected) => {
    expect(written({ at: instant(milliseconds) })).toBe(`<At>${expected}</At>`);
  });

  it('has bytes as base64 and secrets exposed', () => {
    const bytes = Buffer.from('a&b');
    expect(written({ data: bytes, key: SecretBytes.copyOf(bytes), secret: SecretBytes.copyOf(bytes) })).toBe(
      '<Data>YSZi</Data><Secret>a&amp;b</Secret><Key>YSZi</Key>',
    );
  });

  it('spells single shapes as asked', () => {
    expect(written({ document: '{"a": 1}' })).toBe('<Document>%7B%22a%22%3A%201%7D</Document>');
  });

  it('faults on a number that is no integer instead of writing it', () => {
    expect(() => written({ count: 1.5 })).toThrow(RangeError);
  });
});
