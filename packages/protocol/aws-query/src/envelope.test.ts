import { answerBody, answerHeaders, errorBody, errorOfRefusal, isForm, unknownAction } from './index';
import { xmlText } from './xml-text';

const envelope = { namespace: 'https://boats.example.com/doc/2026-01-01/', requestId: '0b7b5f0c-0000' };
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

describe('the body of an answer', () => {
  it('names action, result and request', () => {
    expect(text(answerBody('RentBoat', '<Boat>1</Boat>', envelope))).toBe(
      '<RentBoatResponse xmlns="https://boats.example.com/doc/2026-01-01/">' +
        '<RentBoatResult><Boat>1</Boat></RentBoatResult>' +
        '<ResponseMetadata><RequestId>0b7b5f0c-0000</RequestId></ResponseMetadata></RentBoatResponse>',
    );
  });

  it('has an empty result, or none where the operation has none', () => {
    expect(text(answerBody('RentBoat', '', envelope))).toContain('<RentBoatResult/>');
    expect(text(answerBody('RentBoat', undefined, envelope))).not.toContain('Result');
  });

  it('of an error tells whose fault it is', () => {
    expect(text(errorBody({ code: 'NoSuchEntity', message: "no '<b>' & more", status: 404 }, envelope))).toBe(
      '<ErrorResponse xmlns="https://boats.example.com/doc/2026-01-01/"><Error><Type>Sender</Type>' +
        '<Code>NoSuchEntity</Code><Message>no &apos;&lt;b&gt;&apos; &amp; more</Message></Error>' +
        '<RequestId>0b7b5f0c-0000</RequestId></ErrorResponse>',
    );
    expect(text(errorBody({ code: 'ServiceFailure', message: '', status: 500 }, envelope))).toContain(
      '<Type>Receiver</Type><Code>ServiceFailure</Code><Message/>',
    );
  });
});

describe('text in XML', () => {
  it.each([
    ['<a href="x">\'&amp;', '&lt;a href=&quot;x&quot;&gt;&apos;&amp;amp;'],
    [']]>', ']]&gt;'],
    ['a\r\n\tb', 'a&#xD;\n\tb'],
    ['é日😀', 'é日😀'],
    ['a\0b\u001bc', 'a\ufffdb\ufffdc'],
    ['\ud800x\udc00', '\ufffdx\ufffd'],
    ['\ufffe\uffff', '\ufffd\ufffd'],
  ])('%j is written %j', (given, expected) => {
    expect(xmlText(given)).toBe(expected);
  });
});

describe('an action nobody knows', () => {
  it('is told with its version', () => {
    expect(unknownAction('SinkBoat', '2026-01-01')).toEqual({
      code: 'InvalidAction',
      message: 'Could not find operation SinkBoat for version 2026-01-01',
      status: 400,
    });
    expect(unknownAction('RentBoat', undefined).message).toBe(
      'Could not find operation RentBoat for version NO_VERSION_SPECIFIED',
    );
  });

  it('is not repeated when it is no name', () => {
    expect(unknownAction('x'.repeat(129), '<script>').message).toBe(
      'Could not find operation (unreadable) for version (unreadable)',
    );
  });

  it('may be missing', () => {
    expect(unknownAction(undefined, '2026-01-01')).toMatchObject({ code: 'MissingAction', status: 400 });
    expect(unknownAction('', '2026-01-01')).toMatchObject({ code: 'MissingAction' });
  });
});

it('refusals of bodies and of parameters are errors of the client', () => {
  expect(errorOfRefusal({ code: 'BodyMalformed', message: 'm' })).toEqual({
    code: 'InvalidQueryParameter',
    message: 'm',
    status: 400,
  });
});

it.each([
  ['application/x-www-form-urlencoded', true],
  ['application/x-www-form-urlencoded; charset=utf-8', true],
  ['Application/X-WWW-Form-URLEncoded;charset=UTF-8', true],
  ['application/x-amz-json-1.1', false],
  ['multipart/form-data', false],
  [undefined, false],
])('the content type %s is that of a form: %s', (header, expected) => {
  expect(isForm(header)).toBe(expected);
});

it('headers carry type, request and date, and forbid keeping the answer', () => {
  expect(answerHeaders('id', new Date(0))).toMatchObject({
    'Content-Type': 'text/xml',
    'x-amzn-RequestId': 'id',
    Date: 'Thu, 01 Jan 1970 00:00:00 GMT',
    'Cache-Control': expect.stringContaining('no-store'),
  });
});
