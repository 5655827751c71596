import { isXksUriPath, parseXksTarget, xksPath } from './uri-path';

describe('paths of the XKS proxy API', () => {
  it('name the store, the operation and the key', () => {
    expect(parseXksTarget('/kms/xks/v1/health')).toEqual({ uriPath: '/kms/xks/v1', operation: 'GetHealthStatus' });
    expect(parseXksTarget('/a/b-1/kms/xks/v1/keys/key_1.x/encrypt')).toEqual({
      uriPath: '/a/b-1/kms/xks/v1',
      operation: 'Encrypt',
      externalKeyId: 'key_1.x',
    });
  });

  it.each(['GetKeyMetadata', 'Encrypt', 'Decrypt', 'GetHealthStatus'] as const)(
    'are read as they are made: %s',
    (name) => {
      const key = name === 'GetHealthStatus' ? {} : { externalKeyId: 'k' };
      expect(parseXksTarget(xksPath('/x/kms/xks/v1', name, 'k'))).toEqual({
        uriPath: '/x/kms/xks/v1',
        operation: name,
        ...key,
      });
    },
  );

  it.each([
    '/',
    '/kms/xks/v1',
    '/kms/xks/v2/health',
    '/kms/xks/v1/health/',
    '/kms/xks/v1/health?x=1',
    '/kms/xks/v1/keys//encrypt',
    '/kms/xks/v1/keys/a/b/encrypt',
    '/kms/xks/v1/keys/%61/encrypt',
    '/kms/xks/v1/keys/k/Encrypt',
    '/../kms/xks/v1/health',
    '/akms/xks/v1/health',
    `/kms/xks/v1/keys/${'k'.repeat(129)}/encrypt`,
    `/${'p'.repeat(128)}/kms/xks/v1/health`,
  ])('refuses %s', (target) => {
    expect(parseXksTarget(target)).toBeUndefined();
  });

  it('takes the paths AWS takes for a store', () => {
    expect(['/kms/xks/v1', '/example/prefix/kms/xks/v1'].map(isXksUriPath)).toEqual([true, true]);
    expect(['/kms/xks/v1/', 'kms/xks/v1', '/kms/xks/v2', '/a b/kms/xks/v1'].map(isXksUriPath)).not.toContain(true);
  });
});
