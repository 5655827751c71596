import { SecretBytes } from '@keywarden/kernel';
import {
  type Infer,
  type StructureShape,
  type Violation,
  blob,
  boolean,
  compile,
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
  validationMessage,
} from './index';

const bytes = (text: string) => new TextEncoder().encode(text);

const tag = structure({
  TagKey: required(string({ min: 1, max: 8 })),
  TagValue: required(string({ min: 0, max: 4 })),
});

const everything = structure({
  Name: string({ min: 2, max: 5, pattern: '^[a-z]+$' }),
  Count: integer({ min: 1, max: 10 }),
  Flag: boolean(),
  At: timestamp(),
  Data: blob({ min: 1, max: 4 }),
  Secret: secretBlob({ min: 1, max: 4 }),
  Password: secretString({ min: 7, max: 32 }),
  Token: string({ max: 4, sensitive: true }),
  Colour: enumeration(['RED', 'BLUE']),
  Tags: list(tag, { max: 3 }),
  Tokens: list(string({ min: 1, max: 3 }), { max: 2 }),
  Colours: list(enumeration(['RED', 'BLUE'])),
  Keys: list(string({ min: 1, max: 3 }), { reportEachMember: true }),
  Context: map(string({ max: 12 }), string({ max: 5 })),
  Nested: structure({ Inner: required(structure({ Leaf: required(integer({ max: 5 })) })) }),
});

const codec = compile(everything);

function decoded(json: string): Infer<typeof everything> {
  const result = codec.decode(bytes(json));
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

function violationsOf(json: string, shape: StructureShape = everything): readonly Violation[] {
  const result = compile(shape).decode(bytes(json));
  if (result.ok || result.refusal.code !== 'ConstraintsViolated') throw new Error(`no violations: ${json}`);
  return result.refusal.violations;
}

const messageOf = (json: string) => validationMessage(violationsOf(json));

function serialisationMessage(json: string | Uint8Array): string {
  const result = codec.decode(typeof json === 'string' ? bytes(json) : json);
  if (result.ok || result.refusal.code !== 'SerializationFailed') throw new Error(`was read: ${json}`);
  return result.refusal.message;
}

describe('a well-formed body', () => {
  it('becomes a command with lower-case member names', () => {
    const value = decoded(
      ' {"Name":"abc","Count":3,"Flag":true,"At":1.5e9,"Data":"AQI=","Colour":"RED","Tags":[{"TagKey":"k","TagValue":""}],' +
        '"Context":{"a":"b"},"Nested":{"Inner":{"Leaf":-0}}} \n',
    );
    expect(value).toEqual({
      name: 'abc',
      count: 3,
      flag: true,
      at: 1_500_000_000_000,
      data: new Uint8Array([1, 2]),
      colour: 'RED',
      tags: [{ tagKey: 'k', tagValue: '' }],
      context: { a: 'b' },
      nested: { inner: { leaf: 0 } },
    });
  });

  it.each(['', '{}', 'null', ' { } '])('may be %j, which has no members', (json) => {
    expect(decoded(json)).toEqual({});
  });

  it('may hold null for an absent member and members nobody knows', () => {
    expect(decoded('{"Name":null,"Other":{"a":[1,{"b":null}],"c":-1.5e-3},"name":"zz"}')).toEqual({});
  });

  it('may spell characters as escapes, in names too', () => {
    expect(decoded('{"N\\u0061me":"\\u0061bc","Context":{"\\"\\n":"\\ud83d\\ude00/\\/"}}')).toEqual({
      name: 'abc',
      context: { '"\n': '\u{1f600}//' },
    });
  });

  it('keeps non-ASCII text', () => {
    expect(decoded('{"Context":{"é":"日本"}}').context).toEqual({ é: '日本' });
  });

  it.each([
    ['1700000000', 1_700_000_000_000],
    ['1700000000.123', 1_700_000_000_123],
    ['1.700000000123E9', 1_700_000_000_123],
    ['-0.001', -1],
    ['0', 0],
  ])('reads the timestamp %s as milliseconds', (text, milliseconds) => {
    expect(decoded(`{"At":${text}}`).at).toBe(milliseconds);
  });

  it('keeps secrets as SecretBytes, base64 escapes included', () => {
    const { secret, password } = decoded('{"Secret":"\\/\\u002f8=","Password":"pässword"}');
    expect(secret).toBeInstanceOf(SecretBytes);
    expect(secret!.expose((held) => [...held])).toEqual([255, 255]);
    expect(password!.expose((held) => new TextDecoder().decode(held))).toBe('pässword');
  });

  it('treats __proto__ and constructor in a map as entries like any other', () => {
    const { context } = decoded('{"Context":{"__proto__":"a","constructor":"b"}}');
    expect(Object.keys(context!)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(context)).toBeNull();
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('ignores members named like parts of Object.prototype', () => {
    const value = decoded('{"__proto__":{"polluted":1},"constructor":1,"hasOwnProperty":2}');
    expect(value).toEqual({});
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('counts lengths in UTF-16 units', () => {
    expect(decoded('{"Context":{"a":"😀😀"}}').context).toEqual({ a: '😀😀' });
    expect(violationsOf('{"Context":{"a":"😀😀😀"}}')).toHaveLength(1);
  });
});

describe('constraint violations', () => {
  it.each([
    [
      '{"Count":0}',
      "Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      '{"Count":11}',
      "Value '11' at 'count' failed to satisfy constraint: Member must have value less than or equal to 10",
    ],
    [
      '{"Name":"a"}',
      "Value 'a' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      '{"Name":"AB"}',
      "Value 'AB' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z]+$",
    ],
    [
      '{"Colour":"PINK"}',
      "Value 'PINK' at 'colour' failed to satisfy constraint: Member must satisfy enum value set: [RED, BLUE]",
    ],
    ['{"Data":""}', "Value at 'data' failed to satisfy constraint: Member must have length greater than or equal to 1"],
    [
      '{"Data":"AQIDBAU="}',
      "Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 4",
    ],
    [
      '{"Secret":""}',
      "Value at 'secret' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      '{"Password":"short"}',
      "Value at 'password' failed to satisfy constraint: Member must have length greater than or equal to 7",
    ],
    [
      '{"Token":"hidden"}',
      "Value at 'token' failed to satisfy constraint: Member must have length less than or equal to 4",
    ],
    ['{"Nested":{}}', "Value null at 'nested.inner' failed to satisfy constraint: Member must not be null"],
    [
      '{"Nested":{"Inner":{"Leaf":6}}}',
      "Value '6' at 'nested.inner.leaf' failed to satisfy constraint: Member must have value less than or equal to 5",
    ],
    [
      '{"Tags":[{"TagKey":"a","TagValue":"b"},{"TagKey":"","TagValue":"b"}]}',
      "Value '' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      '{"Tags":[{"TagKey":"a"}]}',
      "Value null at 'tags.1.member.tagValue' failed to satisfy constraint: Member must not be null",
    ],
    ['{"Tags":[null]}', "Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null"],
    [
      '{"Tokens":["a","b","c"]}',
      "Value '[a, b, c]' at 'tokens' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
    [
      '{"Tokens":["a",""]}',
      "Value '[a, ]' at 'tokens' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 3, Member must have length greater than or equal to 1]",
    ],
    [
      '{"Colours":["RED","PINK"]}',
      "Value '[RED, PINK]' at 'colours' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [RED, BLUE]]",
    ],
    [
      '{"Keys":["a","toolong"]}',
      "Value 'toolong' at 'keys.2.member' failed to satisfy constraint: Member must have length less than or equal to 3",
    ],
    [
      '{"Context":{"a":"toolong"}}',
      "Value '{a=toolong}' at 'context' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 5]",
    ],
    [
      '{"Context":{"much too long":"a"}}',
      "Value '{much too long=a}' at 'context' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 12]",
    ],
    [
      '{"Context":{"a":null}}',
      "Value null at 'context.a.member' failed to satisfy constraint: Member must not be null",
    ],
  ])('%s is reported in the words of AWS services', (json, violation) => {
    expect(messageOf(json)).toBe(`1 validation error detected: ${violation}`);
  });

  it('are all reported together, in the order of the shape', () => {
    expect(messageOf('{"Count":0,"Name":"TOOLONG"}')).toBe(
      "3 validation errors detected: Value 'TOOLONG' at 'name' failed to satisfy constraint: Member must have length less than or equal to 5; " +
        "Value 'TOOLONG' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z]+$; " +
        "Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  });

  it('match a pattern against the whole value, whatever its anchors', () => {
    const shape = structure({
      A: string({ pattern: '[\\w]+' }),
      B: string({ pattern: 'a|b' }),
      C: string({ pattern: '[\\s]*' }),
    });
    expect(violationsOf('{"A":"a b","B":"ab","C":"\u00a0"}', shape).map(({ path }) => path)).toEqual(['a', 'b', 'c']);
    expect(compile(shape).decode(bytes('{"A":"a_b","B":"b","C":" "}')).ok).toBe(true);
  });

  it('do not show a collection of which a part is sensitive', () => {
    const hidden = string({ max: 1, sensitive: true });
    const shape = structure({ List: list(hidden), Map: map(string(), hidden) });
    expect(violationsOf('{"List":["secret"],"Map":{"a":"secret"}}', shape).map(({ value }) => value)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('are listed up to a bound only', () => {
    const hostile = `{"Keys":[${Array.from({ length: 5000 }, () => '""').join(',')}]}`;
    expect(violationsOf(hostile)).toHaveLength(500);
  });

  it('wipe the secrets that were decoded before', () => {
    const adopt = jest.spyOn(SecretBytes, 'adopt');
    violationsOf('{"Secret":"AQI=","Count":0}');
    serialisationMessage('{"Secret":"AQI=","Count":"x"}');
    const secrets = adopt.mock.results.map(({ value }) => value as SecretBytes);
    adopt.mockRestore();
    expect(secrets).toHaveLength(2);
    for (const secret of secrets) expect(() => secret.length).toThrow('disposed');
  });
});

describe('a body that cannot be read', () => {
  it.each([
    ['{"Name":1}', 'NUMBER_VALUE can not be converted to a String'],
    ['{"Name":true}', 'TRUE_VALUE can not be converted to a String'],
    ['{"Name":{}}', 'Start of structure or map found where not expected.'],
    ['{"Name":[]}', 'Start of list found where not expected.'],
    ['{"Count":"1"}', 'STRING_VALUE can not be converted to an Integer'],
    ['{"Count":1.5}', 'NUMBER_VALUE can not be converted to an Integer'],
    ['{"Count":1e300}', 'NUMBER_VALUE can not be converted to an Integer'],
    ['{"Count":2147483648}', 'NUMBER_VALUE can not be converted to an Integer'],
    ['{"Flag":"true"}', 'STRING_VALUE can not be converted to an Boolean'],
    ['{"Flag":1}', 'NUMBER_VALUE can not be converted to a Boolean'],
    ['{"At":"2020-01-01"}', 'STRING_VALUE can not be converted to a Timestamp'],
    ['{"At":1e300}', 'NUMBER_VALUE can not be converted to a Timestamp'],
    ['{"Data":1}', 'NUMBER_VALUE can not be converted to a Blob'],
    ['{"Tags":"x"}', 'Expected list or null'],
    ['{"Tags":{}}', 'Start of structure or map found where not expected.'],
    ['{"Nested":"x"}', 'Expected null'],
    ['{"Context":[]}', 'Start of list found where not expected.'],
    ['{"Context":{"a":1}}', 'NUMBER_VALUE can not be converted to a String'],
    ['[]', 'Start of list found where not expected.'],
    ['"x"', 'Expected null'],
  ])('because of a wrong type: %s', (json, message) => {
    expect(serialisationMessage(json)).toBe(message);
  });

  it.each([
    'AQI',
    'AQ==AQ==',
    'AQI=\\n',
    'A QI',
    'AQ-_',
    'AR==',
    'AQJ=',
    '=',
    '====',
    'A===',
    'AQI\\u0000',
    'AQI\\u013d',
  ])('because %j is not canonical base64', (text) => {
    expect(serialisationMessage(`{"Data":"${text}"}`)).toBe('STRING_VALUE can not be converted to a Blob');
  });

  it.each([
    '{',
    '}',
    '{]',
    '{"Name"}',
    '{"Name":}',
    '{"Name":"a",}',
    '{,}',
    '{"Name":"a"',
    '{"Name":"a"}x',
    '{} {}',
    '{Name:1}',
    "{'Name':'a'}",
    '{"Name":"\u0001"}',
    '{"Name":"\\x"}',
    '{"Name":"\\u12g4"}',
    '{"Name":"\\u12"}',
    '{"Name":"\\',
    '{"Count":01}',
    '{"Count":-}',
    '{"Count":1.}',
    '{"Count":1e}',
    '{"Other":.5}',
    '{"Other":+1}',
    '{"Other":NaN}',
    '{"Flag":tru}',
    '{"Flag":trueX}',
    'nul',
    'null x',
    '{"Tokens":["a",]}',
    '{"Tokens":["a" "b"]}',
    '{"Other":[1}',
    '/* */{}',
    '\ufeff{}',
    '{"Other":"\\q"}',
    ' ',
  ])('because it is not JSON: %j', (json) => {
    expect(serialisationMessage(json)).toBe('The request body is not valid JSON.');
  });

  it.each([
    '{"Name":"abc","Name":"abd"}',
    '{"Name":null,"Name":"abc"}',
    '{"Name":"abc","N\\u0061me":"abc"}',
    '{"x":1,"x":1}',
    '{"Other":{"a":1,"a":2}}',
    '{"Context":{"a":"b","\\u0061":"c"}}',
    '{"Context":{"__proto__":"b","__proto__":"c"}}',
    '{"Context":{"a":null,"a":"c"}}',
  ])('because a member comes twice: %s', (json) => {
    expect(serialisationMessage(json)).toBe('The request body names a member twice.');
  });

  it.each(['{"Name":"\\ud800"}', '{"Context":{"\\udc00":"a"}}', '{"Other":"\\ud800x"}', '{"\\ud800":1}'])(
    'because it holds a lone surrogate: %s',
    (json) => expect(serialisationMessage(json)).toBe('The request body holds a lone surrogate.'),
  );

  it.each([
    ['a cut sequence', [0xc3]],
    ['an overlong form', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
  ])('because of %s in its UTF-8', (_, faulty) => {
    expect(serialisationMessage(new Uint8Array([...bytes('{"Name":"'), ...faulty, ...bytes('"}')]))).toBe(
      'The request body is not valid UTF-8.',
    );
  });

  it.each(['[', '{"a":', '[{"a":'])('because it nests %s without end', (opening) => {
    expect(serialisationMessage(`{"Other":${opening.repeat(200_000)}`)).toBe('The request body is nested too deeply.');
  });

  it('counts levels that are open, not those already closed', () => {
    expect(decoded(`{"Other":[${'[],{},'.repeat(50)}0],"Tags":[]}`)).toEqual({ tags: [] });
  });

  it('allows 32 levels and no more', () => {
    const nested = (levels: number) => `{"Other":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(decoded(nested(31))).toEqual({});
    expect(serialisationMessage(nested(32))).toBe('The request body is nested too deeply.');
  });
});
