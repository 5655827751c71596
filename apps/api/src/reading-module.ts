import { LookupEventsHandler } from '@keywarden/audit-reading';
import { cloudTrailService, cloudTrailSigningName } from '@keywarden/cloudtrail-protocol';
import { policyManagementAuthoriser } from '@keywarden/identity-service';
import { RequestPipeline } from '@keywarden/kms-protocol';
import { SigV4Verifier } from '@keywarden/sigv4';
import { ContainerModule } from 'inversify';
import { tokens } from './tokens';

/** Reading the audit trail over the API of CloudTrail. */
export const readingModule = new ContainerModule(({ bind }) => {
  bind(tokens.cloudTrailPipeline)
    .toResolvedValue(
      (parts, store, credentials, { regions }, observe) => {
        const services = new Set([cloudTrailSigningName]);
        return new RequestPipeline({
          ...parts,
          service: cloudTrailService(new LookupEventsHandler(policyManagementAuthoriser, store.auditIndex)),
          verifier: new SigV4Verifier({ credentials, regions: new Set<string>(regions), services }),
          observe: (outcome) => observe({ ...outcome, service: outcome.operation && 'cloudtrail' }),
        });
      },
      [tokens.pipelineParts, tokens.store, tokens.credentials, tokens.configuration, tokens.observe],
    )
    .inSingletonScope();
});
