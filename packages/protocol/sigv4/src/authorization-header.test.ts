import fc from 'fast-check';
import { parseAnyForm, parseAuthorization } from './authorization-header';

const piece = fc.constantFrom(
  'AKIA',
  '20260101',
  'kms',
  'aws4_request',
  'a=b',
  '',
  '/',
  ' ',
  ',',
  ';',
  '=',
  'host;x-amz-date',
  '\u00e9',
);
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
const scheme = fc.constantFrom(...Array<string>(6).fill('AWS4-HMAC-SHA256'), 'AWS4-HMAC-SHA512', 'AWS4-');
const separator = fc.constantFrom(', ', ',', ' ', ',  ', '');
const name = (usual: string) =>
  fc.constantFrom(...Array<string>(9).fill(usual), 'Credential', 'Other', usual.toLowerCase());
const credential = fc.oneof(
  fc.tuple(text, text, text, text, text).map((elements) => elements.join('/')),
  fc.constant('AKIA/20260101/eu-central-1/kms/aws4_request'),
  text,
);

it('reads the usual form of the header as it reads any other', () => {
  const header = fc
    .tuple(
      scheme,
      fc.constantFrom(' ', ' ', '  ', ','),
      fc.tuple(name('Credential'), credential),
      separator,
      fc.tuple(name('SignedHeaders'), fc.oneof(fc.constant('host;x-amz-date'), text)),
      separator,
      fc.tuple(name('Signature'), fc.oneof(fc.constant('0'.repeat(64)), text)),
      fc.constantFrom('', '', ', Other=1', ','),
    )
    .map(([first, blank, one, comma, two, again, three, rest]) =>
      [first, blank, one.join('='), comma, two.join('='), again, three.join('='), rest].join(''),
    );
  let accepted = 0;
  fc.assert(
    fc.property(header, fc.boolean(), (given, dated) => {
      const read = parseAuthorization(given, dated);
      expect(read).toEqual(parseAnyForm(given, dated));
      if (read.ok) accepted += 1;
    }),
    { numRuns: 5_000 },
  );
  expect(accepted).toBeGreaterThan(100);
});
