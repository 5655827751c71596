import { LookupEventsHandler } from '@keywarden/audit-reading';
import { cloudTrailService, cloudTrailSigningName } from '@keywarden/cloudtrail-protocol';
import { policyManagementAuthoriser } from '@keywarden/identity-service';
import { RequestPipeline } from '@keywarden/kms-protocol';
import { SigV4Verifier } from '@keywarden/sigv4';
import { errorFields } from '@keywarden/telemetry';
import { ContainerModule } from 'inversify';
import { tokens } from './tokens';

/** Reading the audit trail over the API of CloudTrail. */
export const readingModule = new ContainerModule(({ bind }) => {
  bind(tokens.cloudTrailPipeline)
    .toResolvedValue(
      (store, credentials, clock, audit, { regions }, observe, logger, counting) => {
        const services = new Set([cloudTrailSigningName]);
        return new RequestPipeline({
          ...counting,
          service: cloudTrailService(new LookupEventsHandler(policyManagementAuthoriser, store.auditIndex)),
          verifier: new SigV4Verifier({ credentials, regions: new Set<string>(regions), services }),
          clock,
          audit,
          observe: (outcome) => observe({ ...outcome, service: outcome.operation && 'cloudtrail' }),
          logFault: (requestId, operation, fault) =>
            logger.error({ requestId, operation, ...errorFields(fault) }, 'fault'),
        });
      },
      [
        tokens.store,
        tokens.credentials,
        tokens.clock,
        tokens.audit,
        tokens.configuration,
        tokens.observe,
        tokens.logger,
        tokens.requestQuotas,
      ],
    )
    .inSingletonScope();
});
