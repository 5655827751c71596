import { boolean, enumeration, integer, list, map, required, string, structure, timestamp } from '@keywarden/aws-json';
import { errorOfRefusal, parseForm, queryInput } from './index';

const shape = structure({
  UserName: required(string({ min: 1, max: 8, pattern: '[\\w+=,.@-]+' })),
  MaxItems: integer({ min: 1, max: 1000 }),
  Forced: boolean(),
  Since: timestamp(),
  Status: enumeration(['Active', 'Inactive']),
  Tags: list(structure({ Key: required(string({ min: 1 })), Value: required(string()) }), { max: 2 }),
  Keys: list(string({ min: 2 })),
  Context: map(string(), string()),
  Token: string({ max: 4, sensitive: true }),
  Options: structure({ Depth: integer() }),
});
const input = queryInput(shape);

function decode(body: string) {
  const form = parseForm(Buffer.from(body));
  if (!form.ok) throw new Error(body);
  return input.decode(form.value);
}
const refusalOf = (body: string) => {
  const result = decode(body);
  if (result.ok) throw new Error(`accepted: ${body}`);
  return errorOfRefusal(result.refusal);
};

describe('parameters', () => {
  it('become a command with the types of the shape', () => {
    const body =
      'Action=Nothing&Version=2026-01-01&UserName=alice&MaxItems=7&Forced=true&Since=2026-01-02T03%3A04%3A05.678Z' +
      '&Status=Active&Tags.member.2.Key=b&Tags.member.2.Value=&Tags.member.1.Value=1&Tags.member.1.Key=a' +
      '&Keys.member.1=k1&Keys.member.2=k2&Context.entry.1.key=__proto__&Context.entry.1.value=x&Options.Depth=-3';
    const result = decode(body);
    expect(result).toMatchObject({
      ok: true,
      value: {
        userName: 'alice',
        maxItems: 7,
        forced: true,
        since: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
        status: 'Active',
        tags: [
          { key: 'a', value: '1' },
          { key: 'b', value: '' },
        ],
        keys: ['k1', 'k2'],
        options: { depth: -3 },
      },
    });
    expect(result.ok && Object.entries(result.value.context ?? {})).toEqual([['__proto__', 'x']]);
  });

  it('that are empty lists or maps are sent as a bare name', () => {
    expect(decode('UserName=a&Tags=&Keys=&Context=')).toMatchObject({
      ok: true,
      value: { userName: 'a', tags: [], keys: [], context: {} },
    });
  });

  it('that the shape does not know are ignored', () => {
    expect(decode('UserName=a&Other=1&Tags2.member.9=x')).toEqual({ ok: true, value: { userName: 'a' } });
  });

  it('that are strings keep what looks like another type', () => {
    expect(decode('UserName=007')).toEqual({ ok: true, value: { userName: '007' } });
  });
});

describe('violated constraints', () => {
  it('are told in the words of AWS, all together, in the order of the shape', () => {
    expect(refusalOf('Status=Gone&MaxItems=0&Tags.member.1.Key=&Tags.member.1.Value=x')).toEqual({
      code: 'ValidationError',
      status: 400,
      message:
        "4 validation errors detected: Value null at 'userName' failed to satisfy constraint: Member must not be null; " +
        "Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1; " +
        "Value 'Gone' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]; " +
        "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
    });
  });

  it('of a name come with its pattern', () => {
    expect(refusalOf('UserName=a%2Fb').message).toBe(
      "1 validation error detected: Value 'a/b' at 'userName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [\\w+=,.@-]+',
    );
  });

  it('never show what is sensitive', () => {
    const { message } = refusalOf('UserName=a&Token=hunter2');
    expect(message).toContain("at 'token'");
    expect(message).not.toContain('hunter2');
  });
});

describe('parameters out of place', () => {
  it.each([
    ['a word for a number', 'MaxItems=many'],
    ['an empty number', 'MaxItems='],
    ['a fraction for a whole number', 'MaxItems=1.5'],
    ['an exponent', 'MaxItems=1e3'],
    ['a number of more than 32 bits', 'MaxItems=2147483648'],
    ['a number for a boolean', 'Forced=1'],
    ['a boolean in another spelling', 'Forced=TRUE'],
    ['a time without a zone', 'Since=2026-01-02T03:04:05'],
    ['a day that does not exist', 'Since=2026-02-30T00:00:00Z'],
    ['seconds for a time', 'Since=1700000000'],
    ['a list that begins at zero', 'Keys.member.0=k1'],
    ['a list with a gap', 'Keys.member.1=k1&Keys.member.3=k3'],
    ['an index with leading zeros', 'Keys.member.01=k1'],
    ['an index with a sign', 'Keys.member.%2B1=k1'],
    ['an index that is a name', 'Keys.member.length=k1'],
    ['a list without member', 'Keys.1=k1'],
    ['a list with something beside member', 'Keys.member.1=k1&Keys.other.1=k2'],
    ['a value for a list', 'Keys=k1'],
    ['a list that has a value too', 'Keys=&Keys.member.1=k1'],
    ['a list whose member has a value too', 'Keys.member=&Keys.member.1=k1'],
    ['a value for a structure', 'Options=x'],
    ['a structure for a value', 'Forced.x=true'],
    ['a value that is a structure too', 'Forced=true&Forced.x=true'],
    ['a map entry without a value', 'Context.entry.1.key=a'],
    [
      'a map with a key twice',
      'Context.entry.1.key=a&Context.entry.1.value=1&Context.entry.2.key=a&Context.entry.2.value=2',
    ],
    ['a name with an empty part', 'Options..Depth=1'],
    ['a name that ends in a dot', 'Options.=1'],
    ['a name of endless parts', `${'a.'.repeat(200)}a=1`],
  ])('are refused: %s', (_what, parameters) => {
    const refused = refusalOf(`UserName=secret-name&${parameters}`);
    expect(refused).toMatchObject({ code: 'MalformedInput', status: 400 });
    expect(refused.message).not.toContain('secret-name');
  });
});
