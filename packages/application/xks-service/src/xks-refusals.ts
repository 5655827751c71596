/** Why an operator's change of a store is not made. */
export type XksStoreRefusal =
  | { readonly code: 'UriPathNotValid'; readonly uriPath: string }
  | { readonly code: 'UriPathTaken'; readonly uriPath: string }
  | { readonly code: 'XksStoreNotFound'; readonly uriPath: string }
  | { readonly code: 'UserNotFound'; readonly userName: string }
  | { readonly code: 'TooManyCredentials'; readonly limit: number }
  | { readonly code: 'CredentialNotFound'; readonly accessKeyId: string }
  | { readonly code: 'ExternalKeyIdNotValid'; readonly externalKeyId: string }
  | { readonly code: 'ExternalKeyIdTaken'; readonly externalKeyId: string }
  | { readonly code: 'ExternalKeyNotFound'; readonly externalKeyId: string }
  | { readonly code: 'TooManyExternalKeys'; readonly limit: number }
  | { readonly code: 'KmsKeyUnsuitable'; readonly keyId: string };

export type XksStoreNotFound = Extract<XksStoreRefusal, { code: 'XksStoreNotFound' }>;
