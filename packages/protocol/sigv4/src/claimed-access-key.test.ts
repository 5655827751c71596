import { claimedAccessKeyId } from './claimed-access-key';

const scope = '20260101/eu-central-1/kms/aws4_request';

it.each([
  [
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/${scope}, SignedHeaders=host, Signature=00`,
    'AKIAIOSFODNN7EXAMPLE',
  ],
  [`AWS4-HMAC-SHA256 SignedHeaders=host,Credential=ASIAIOSFODNN7EXAMPLE/${scope}`, 'ASIAIOSFODNN7EXAMPLE'],
  [`AWS4-HMAC-SHA256 Credential=short/${scope}`, undefined],
  [`AWS4-HMAC-SHA256 Credential=${'A'.repeat(129)}/${scope}`, undefined],
  ['Bearer abc', undefined],
  ['', undefined],
])('of %j is %s', (header, id) => {
  expect(
    claimedAccessKeyId([
      ['Host', 'x'],
      ['AUTHORIZATION', header],
    ]),
  ).toBe(id);
});

it('is nobody without the header', () => {
  expect(claimedAccessKeyId([['Host', 'x']])).toBeUndefined();
});
