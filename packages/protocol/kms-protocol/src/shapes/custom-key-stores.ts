import { boolean, list, required, secretString, string, structure, timestamp } from '@keywarden/aws-json';
import { cloudHsmClusterId, customKeyStoreId, limit, marker } from './common';
import { connectionErrorCode, connectionState, customKeyStoreType, xksProxyConnectivity } from './enumerations';

const accountId = string({ min: 12, max: 12, pattern: '[0-9]{12}' });
const customKeyStoreName = string({ min: 1, max: 256 });
const trustAnchorCertificate = string({ min: 1, max: 5000 });
const xksAccessKeyId = string({ min: 20, max: 30, pattern: '^[A-Z2-7]+$', sensitive: true });
const xksProxyUriEndpoint = string({ min: 10, max: 128, pattern: '^https://[a-zA-Z0-9.-]+$' });
const xksProxyUriPath = string({
  min: 10,
  max: 128,
  pattern: '^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$',
});
const xksProxyVpcEndpointServiceName = string({
  min: 20,
  max: 64,
  pattern: '^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$',
});
const xksProxyConfiguration = structure({
  Connectivity: xksProxyConnectivity,
  AccessKeyId: xksAccessKeyId,
  UriEndpoint: xksProxyUriEndpoint,
  UriPath: xksProxyUriPath,
  VpcEndpointServiceName: xksProxyVpcEndpointServiceName,
  VpcEndpointServiceOwner: accountId,
});

const customKeyStoresListEntry = structure({
  CustomKeyStoreId: customKeyStoreId,
  CustomKeyStoreName: customKeyStoreName,
  CloudHsmClusterId: cloudHsmClusterId,
  TrustAnchorCertificate: trustAnchorCertificate,
  ConnectionState: connectionState,
  ConnectionErrorCode: connectionErrorCode,
  CreationDate: timestamp(),
  CustomKeyStoreType: customKeyStoreType,
  XksProxyConfiguration: xksProxyConfiguration,
});

const keyStorePassword = secretString({ min: 7, max: 32 });
const xksRawSecretAccessKey = secretString({ min: 43, max: 64, pattern: '^[a-zA-Z0-9\\/+=]+$' });
const xksCredential = structure({
  AccessKeyId: required(xksAccessKeyId),
  RawSecretAccessKey: required(xksRawSecretAccessKey),
});

export const createCustomKeyStore = {
  input: structure({
    CustomKeyStoreName: required(customKeyStoreName),
    CloudHsmClusterId: cloudHsmClusterId,
    TrustAnchorCertificate: trustAnchorCertificate,
    KeyStorePassword: keyStorePassword,
    CustomKeyStoreType: customKeyStoreType,
    XksProxyUriEndpoint: xksProxyUriEndpoint,
    XksProxyUriPath: xksProxyUriPath,
    XksProxyVpcEndpointServiceName: xksProxyVpcEndpointServiceName,
    XksProxyVpcEndpointServiceOwner: accountId,
    XksProxyAuthenticationCredential: xksCredential,
    XksProxyConnectivity: xksProxyConnectivity,
  }),
  output: structure({
    CustomKeyStoreId: customKeyStoreId,
  }),
};

export const describeCustomKeyStores = {
  input: structure({
    CustomKeyStoreId: customKeyStoreId,
    CustomKeyStoreName: customKeyStoreName,
    Limit: limit,
    Marker: marker,
  }),
  output: structure({
    CustomKeyStores: list(customKeyStoresListEntry),
    NextMarker: marker,
    Truncated: boolean(),
  }),
};

export const connectCustomKeyStore = {
  input: structure({
    CustomKeyStoreId: required(customKeyStoreId),
  }),
  output: structure({}),
};

export const disconnectCustomKeyStore = {
  input: structure({
    CustomKeyStoreId: required(customKeyStoreId),
  }),
  output: structure({}),
};

export const updateCustomKeyStore = {
  input: structure({
    CustomKeyStoreId: required(customKeyStoreId),
    NewCustomKeyStoreName: customKeyStoreName,
    KeyStorePassword: keyStorePassword,
    CloudHsmClusterId: cloudHsmClusterId,
    XksProxyUriEndpoint: xksProxyUriEndpoint,
    XksProxyUriPath: xksProxyUriPath,
    XksProxyVpcEndpointServiceName: xksProxyVpcEndpointServiceName,
    XksProxyVpcEndpointServiceOwner: accountId,
    XksProxyAuthenticationCredential: xksCredential,
    XksProxyConnectivity: xksProxyConnectivity,
  }),
  output: structure({}),
};

export const deleteCustomKeyStore = {
  input: structure({
    CustomKeyStoreId: required(customKeyStoreId),
  }),
  output: structure({}),
};
