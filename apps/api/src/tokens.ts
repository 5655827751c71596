import type { Authoriser } from '@keywarden/authorization';
import type { Configuration } from '@keywarden/config';
import type {
  AsymmetricEncryption,
  MaterialFactory,
  SecretSource,
  SecretWrapping,
  SymmetricEncryption,
} from '@keywarden/crypto';
import type { Caller } from '@keywarden/identity';
import type { CredentialDirectory } from '@keywarden/identity-service';
import type { ServiceIdentifier } from 'inversify';
import type { Clock, Randomness } from '@keywarden/kernel';
import type { KeyDirectory, KeyPolicyRules } from '@keywarden/key-service';
import type { OperationHandlers, RequestPipeline } from '@keywarden/kms-protocol';
import type { DomainKeys, UnwrappedMaterials } from '@keywarden/node-crypto';
import type { Store } from '@keywarden/runtime';
import type { SigV4Verifier } from '@keywarden/sigv4';
import type { Logger } from '@keywarden/telemetry';

const token = <T>(name: string): ServiceIdentifier<T> => Symbol(name);

/** Names of what the container holds; the type beside each is checked where it is bound and where it is asked for. */
export const tokens = {
  configuration: token<Configuration>('Configuration'),
  logger: token<Logger>('Logger'),
  clock: token<Clock>('Clock'),
  randomness: token<Randomness>('Randomness'),
  store: token<Store>('Store'),
  domainKeys: token<DomainKeys>('DomainKeys'),
  unwrapped: token<UnwrappedMaterials>('UnwrappedMaterials'),
  materials: token<MaterialFactory>('MaterialFactory'),
  symmetric: token<SymmetricEncryption>('SymmetricEncryption'),
  asymmetric: token<AsymmetricEncryption>('AsymmetricEncryption'),
  secrets: token<SecretSource>('SecretSource'),
  secretWrapping: token<SecretWrapping>('SecretWrapping'),
  directory: token<KeyDirectory>('KeyDirectory'),
  credentials: token<CredentialDirectory>('CredentialDirectory'),
  verifier: token<SigV4Verifier<Caller>>('SigV4Verifier'),
  authoriser: token<Authoriser>('Authoriser'),
  policies: token<KeyPolicyRules>('KeyPolicyRules'),
  handlers: token<OperationHandlers>('OperationHandlers'),
  pipeline: token<RequestPipeline>('RequestPipeline'),
} as const;
