import type { GroupCommitTrail } from '@keywarden/audit-service';
import type { Authoriser } from '@keywarden/authorization';
import type { Configuration } from '@keywarden/config';
import type { SecretWrapping } from '@keywarden/crypto';
import type { KeyStoreBackends } from '@keywarden/custom-key-stores';
import type { GrantTokens } from '@keywarden/grants';
import type { Caller } from '@keywarden/identity';
import type { CredentialDirectory } from '@keywarden/identity-service';
import type { QueryPipeline } from '@keywarden/iam-protocol';
import type { ServiceIdentifier } from 'inversify';
import type { Clock, Randomness } from '@keywarden/kernel';
import type { KeyDirectory, KeyUsageRecorder, QuotaDirectory } from '@keywarden/key-service';
import type { KeyStoreParts } from '@keywarden/key-stores';
import type { OperationHandlers, RequestPipeline } from '@keywarden/kms-protocol';
import type { DataKeyPairPool, DomainKeys, SlowWork, UnwrappedMaterials } from '@keywarden/node-crypto';
import type { AddressLimiter, QuotaValues, RequestQuotas } from '@keywarden/quotas';
import type { RedisConnection } from '@keywarden/redis';
import type { Store } from '@keywarden/runtime';
import type { SigV4Verifier } from '@keywarden/sigv4';
import type { Logger, Tracing } from '@keywarden/telemetry';
import type { Cryptography } from './cryptography-module';
import type { PipelineParts } from './pipeline-parts';
import type { Vouchers } from './vouchers';
import type { Limiting } from './quota-module';
import type { ObservedRequest } from './request-observer';

const token = <T>(name: string): ServiceIdentifier<T> => Symbol(name);

/** Names of what the container holds; the type beside each is checked where it is bound and where it is asked for. */
export const tokens = {
  configuration: token<Configuration>('Configuration'),
  logger: token<Logger>('Logger'),
  tracing: token<Tracing>('Tracing'),
  observe: token<(request: ObservedRequest) => void>('Observe'),
  clock: token<Clock>('Clock'),
  randomness: token<Randomness>('Randomness'),
  store: token<Store>('Store'),
  domainKeys: token<DomainKeys>('DomainKeys'),
  unwrapped: token<UnwrappedMaterials>('UnwrappedMaterials'),
  vouchers: token<Vouchers>('Vouchers'),
  keyStoreBackends: token<KeyStoreBackends>('KeyStoreBackends'),
  keyStores: token<KeyStoreParts>('KeyStoreParts'),
  slowWork: token<SlowWork>('SlowWork'),
  pairs: token<DataKeyPairPool>('DataKeyPairPool'),
  grantTokens: token<GrantTokens>('GrantTokens'),
  cryptography: token<Cryptography>('Cryptography'),
  secretWrapping: token<SecretWrapping>('SecretWrapping'),
  directory: token<KeyDirectory>('KeyDirectory'),
  usage: token<KeyUsageRecorder>('KeyUsageRecorder'),
  credentials: token<CredentialDirectory>('CredentialDirectory'),
  verifier: token<SigV4Verifier<Caller>>('SigV4Verifier'),
  authoriser: token<Authoriser>('Authoriser'),
  audit: token<GroupCommitTrail>('AuditTrail'),
  quotaValues: token<QuotaValues>('QuotaValues'),
  quotaDirectory: token<QuotaDirectory>('QuotaDirectory'),
  redis: token<{ readonly connection: RedisConnection | undefined }>('Redis'),
  addresses: token<{ readonly addresses?: AddressLimiter }>('Addresses'),
  limiting: token<Limiting>('Limiting'),
  requestQuotas: token<{ readonly quotas: RequestQuotas | undefined; readonly addresses?: AddressLimiter }>(
    'RequestQuotas',
  ),
  pipelineParts: token<PipelineParts>('PipelineParts'),
  handlers: token<OperationHandlers>('OperationHandlers'),
  queryPipeline: token<QueryPipeline>('QueryPipeline'),
  pipeline: token<RequestPipeline>('RequestPipeline'),
  cloudTrailPipeline: token<RequestPipeline>('CloudTrailPipeline'),
} as const;
