import { policyAuthoriser } from '@keywarden/authorization';
import { CredentialDirectory, identityOperations, policyManagementAuthoriser } from '@keywarden/identity-service';
import { type QueryService, QueryPipeline, acceptedScopes, identityHandlers } from '@keywarden/iam-protocol';
import { cacheAgeMs } from '@keywarden/runtime';
import { SigV4Verifier } from '@keywarden/sigv4';
import { ContainerModule } from 'inversify';
import { tokens } from './tokens';

const accessKeysHeld = 10_000;

/** Who signs requests, who may do what, and the IAM and STS operations that manage both. */
export const identityModule = new ContainerModule(({ bind }) => {
  bind(tokens.authoriser).toConstantValue(policyAuthoriser());
  bind(tokens.credentials)
    .toResolvedValue(
      (store, secretWrapping, clock, { regions }) => {
        const options = { capacity: accessKeysHeld, maxAgeMs: cacheAgeMs };
        const sources = { principals: store.principals, homeRegion: regions[0] };
        return new CredentialDirectory(
          store.identity,
          secretWrapping,
          store.feed,
          clock,
          options,
          () => undefined,
          sources,
        );
      },
      [tokens.store, tokens.secretWrapping, tokens.clock, tokens.configuration],
    )
    .inSingletonScope();
  bind(tokens.verifier)
    .toResolvedValue(
      (credentials, { regions }) =>
        new SigV4Verifier({ credentials, regions: new Set<string>(regions), services: new Set(['kms']) }),
      [tokens.credentials, tokens.configuration],
    )
    .inSingletonScope();
  bind(tokens.queryPipeline)
    .toResolvedValue(
      (parts, store, secretWrapping, randomness, credentials, { regions }, observe, { webIdentities }) => {
        const verifier = (service: QueryService) =>
          new SigV4Verifier({ credentials, ...acceptedScopes(service, regions) });
        const operations = identityOperations({
          identities: store.identity,
          principals: store.principals,
          accessKeys: store.accessKeys,
          secrets: secretWrapping,
          randomness,
          authoriser: policyManagementAuthoriser,
          homeRegion: regions[0],
          webIdentities,
        });
        return new QueryPipeline({
          ...parts,
          handlers: identityHandlers(operations),
          verifiers: { iam: verifier('iam'), sts: verifier('sts') },
          homeRegion: regions[0],
          observe,
        });
      },
      [
        tokens.pipelineParts,
        tokens.store,
        tokens.secretWrapping,
        tokens.randomness,
        tokens.credentials,
        tokens.configuration,
        tokens.observe,
        tokens.vouchers,
      ],
    )
    .inSingletonScope();
});
