import { maxParameters, parseForm } from './form-body';

const parse = (body: string) => parseForm(Buffer.from(body, 'latin1'));
const entries = (body: string) => {
  const form = parse(body);
  if (!form.ok) throw new Error(JSON.stringify(form.refusal));
  return [...form.value];
};

describe('a form body', () => {
  it('is read as names and values in order', () => {
    expect(entries('Action=ListUsers&Version=2010-05-08')).toEqual([
      ['Action', 'ListUsers'],
      ['Version', '2010-05-08'],
    ]);
  });

  it('holds nothing when it is empty', () => {
    expect(entries('')).toEqual([]);
  });

  it.each([
    ['a=b+c', 'b c'],
    ['a=b%20c%2b', 'b c+'],
    ['a=%C3%A9%f0%9f%98%80', 'é😀'],
    ['a=%EF%BB%BFx', '\ufeffx'],
    ['a==b=', '=b='],
    ['a=%26%3D%25%00', '&=%\0'],
    ['a=', ''],
    ['a', ''],
  ])('decodes %s', (body, value) => {
    expect(entries(body)).toEqual([['a', value]]);
  });

  it.each([
    ['a cut escape', 'a=%4'],
    ['a lone percent sign', 'a=%'],
    ['an escape cut by the next parameter', 'a=%4&b=1'],
    ['an escape that is no hexadecimal', 'a=%4G'],
    ['a sign in an escape', 'a=%+1'],
    ['a blank that is not encoded', 'a=b c'],
    ['a line end', 'a=b\r\n'],
    ['bytes beyond ASCII that are not encoded', 'a=\xc3\xa9'],
    ['UTF-8 that is cut', 'a=%C3'],
    ['an overlong encoding', 'a=%C0%AF'],
    ['an encoded surrogate', 'a=%ED%A0%80'],
    ['a name that is no UTF-8', '%FF=1'],
    ['no name', '=1'],
    ['an empty piece', 'a=1&&b=2'],
    ['an ampersand at the start', '&a=1'],
    ['an ampersand at the end', 'a=1&'],
    ['a name beyond all measure', `${'a'.repeat(513)}=1`],
  ])('is refused for %s', (_what, body) => {
    expect(parse(body)).toEqual({
      ok: false,
      refusal: { code: 'BodyMalformed', message: 'The request body is malformed: a parameter is not form encoded.' },
    });
  });

  it.each(['a=1&a=1', 'a=1&b=2&a=3', 'a=1&%61=2', 'a&a'])('is refused when a name stands twice: %s', (body) => {
    expect(parse(body)).toMatchObject({ ok: false, refusal: { message: expect.stringContaining('twice') } });
  });

  it('is refused when it has too many parameters', () => {
    const body = (count: number) => Array.from({ length: count }, (_, index) => `p${index}=`).join('&');
    expect(parse(body(maxParameters)).ok).toBe(true);
    expect(parse(body(maxParameters + 1))).toMatchObject({ ok: false, refusal: { code: 'BodyMalformed' } });
  });

  it('never takes a name for a property of objects', () => {
    expect(entries('__proto__=1&constructor=2')).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});
