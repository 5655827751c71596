import { isQueryRequest } from './index';
import { wireRequest } from './testing/query-suite';

const body = 'Action=GetCallerIdentity&Version=2011-06-15';
const json = 'application/x-amz-json-1.1';

describe('a request on an endpoint shared with KMS', () => {
  it.each([
    ['signed for IAM', { service: 'iam' as const }, true],
    ['signed for STS', { service: 'sts' as const }, true],
    ['signed for IAM and sent as something else', { service: 'iam' as const, contentType: 'text/plain' }, true],
    ['a form that nobody signed', { signed: false }, true],
    ['a form signed for KMS', { service: 'kms' as const }, false],
    ['JSON signed for KMS', { service: 'kms' as const, contentType: json }, false],
    ['JSON signed for IAM', { service: 'iam' as const, contentType: json }, false],
    ['JSON that nobody signed', { signed: false, contentType: json }, false],
    ['something else that nobody signed', { signed: false, contentType: 'text/plain' }, false],
  ])('%s', (_what, given, expected) => {
    expect(isQueryRequest(wireRequest({ body, ...given }))).toBe(expected);
  });

  it('with a scope named like a property of objects is none', () => {
    const headers = [['Authorization', 'AWS4-HMAC-SHA256 Credential=a/20260101/r/constructor/aws4_request']] as const;
    expect(isQueryRequest({ headers })).toBe(false);
  });
});
