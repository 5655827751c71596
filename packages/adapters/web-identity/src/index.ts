export { JoseWebIdentityTokens } from './jose-web-identity-tokens';
export { type IssuerConfig, type KeySource, type SignatureAlgorithm, signatureAlgorithms } from './issuer-config';
export { type WebIdentityLimits, defaultLimits } from './limits';
export { readIssuersFile } from './issuers-file';
