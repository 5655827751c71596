import type { StoreFailureCause } from '@keywarden/custom-key-stores';
import { storeFailureTexts } from './key-store-errors';
import { toWireError } from './wire-errors';

const causes = Object.keys(storeFailureTexts) as StoreFailureCause[];

/** The XKS Proxy API specification 1.0.3, table of KMS exceptions, column of Create- and UpdateCustomKeyStore. */
const atSettings: Readonly<Partial<Record<StoreFailureCause, string>>> = {
  ValidationException: 'XksProxyInvalidResponseException',
  AuthenticationFailedException: 'XksProxyIncorrectAuthenticationCredentialException',
  InvalidUriPathException: 'XksProxyInvalidConfigurationException',
  DependencyTimeoutException: 'XksProxyUriUnreachableException',
  ThrottlingException: 'XksProxyUriUnreachableException',
  InternalException: 'XksProxyInvalidResponseException',
  Unreachable: 'XksProxyUriUnreachableException',
  TlsFailed: 'XksProxyUriUnreachableException',
  TimedOut: 'XksProxyUriUnreachableException',
  Malformed: 'XksProxyInvalidResponseException',
};

describe('what a store failed with', () => {
  it.each(causes)('%s is a KMSInvalidStateException of every cryptographic operation, told by its text', (cause) => {
    expect(toWireError({ code: 'KeyStoreFailed', cause })).toEqual({
      type: 'KMSInvalidStateException',
      message: storeFailureTexts[cause],
    });
    expect(toWireError({ code: 'KeyStoreUnable', cause }).type).toBe('CustomKeyStoreInvalidStateException');
  });

  it.each(Object.entries(atSettings))('%s is %s of the settings', (cause, type) => {
    expect(toWireError({ code: 'XksProxyRefused', cause: cause as StoreFailureCause })).toEqual({
      type,
      message: storeFailureTexts[cause as StoreFailureCause],
    });
  });

  it('is worded as the specification words it', () => {
    expect(storeFailureTexts.TimedOut).toBe(
      'AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. ' +
        'If you see this error repeatedly, report it to your external key store proxy administrator.',
    );
  });
});

describe('keys and stores that are refused', () => {
  it.each([
    [{ code: 'XksKeyNotFound' }, 'XksKeyNotFoundException'],
    [{ code: 'XksKeyInUse', xksKeyId: 'a' }, 'XksKeyAlreadyInUseException'],
    [{ code: 'KeyStoreNotConnected', keyStoreId: 'cks-1' }, 'CustomKeyStoreInvalidStateException'],
    [{ code: 'CustomKeyStoreHasKeys' }, 'CustomKeyStoreHasCMKsException'],
    [{ code: 'CustomKeyStoreNotFound', given: 'cks-1' }, 'CustomKeyStoreNotFoundException'],
    [{ code: 'CloudHsmClusterNotRelated', clusterId: 'c' }, 'CloudHsmClusterNotRelatedException'],
    [{ code: 'IncorrectTrustAnchor' }, 'IncorrectTrustAnchorException'],
    [{ code: 'CustomKeyStoreQuotaReached', limit: 10, current: 10 }, 'LimitExceededException'],
    [{ code: 'RandomNotOfKeyStore' }, 'UnsupportedOperationException'],
  ] as const)('%j', (refusal, type) => expect(toWireError(refusal).type).toBe(type));
});
