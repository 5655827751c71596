import type { Configuration } from '@keywarden/config';
import type { KeyStoreBackends } from '@keywarden/custom-key-stores';
import { KeyDirectory, KeyPolicyCheck, KeyUsageRecorder } from '@keywarden/key-service';
import { RequestPipeline, keyServiceHandlers, kmsService } from '@keywarden/kms-protocol';
import { type Foundation, cacheAgeMs, closeAuditTrail, openAuditTrail, systemClock } from '@keywarden/runtime';
import { type Logger, RequestMetrics } from '@keywarden/telemetry';
import { Container, ContainerModule } from 'inversify';
import { cryptographyModule } from './cryptography-module';
import { identityModule } from './identity-module';
import { keyStoresModule } from './key-stores-module';
import { pipelinePartsModule } from './pipeline-parts';
import { quotaModule } from './quota-module';
import { requestObserver } from './request-observer';
import { readingModule } from './reading-module';
import { tokens } from './tokens';
import { traceParts } from './trace-parts';
import type { Vouchers } from './vouchers';

const keyUsesHeld = 10_000;

/** What comes from outside: settings, the log, the database and the root key. */
const outside = (
  configuration: Configuration,
  foundation: Foundation,
  logger: Logger,
  vouchers: Vouchers,
  backends: KeyStoreBackends,
): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(tokens.configuration).toConstantValue(configuration);
    bind(tokens.logger).toConstantValue(logger);
    bind(tokens.vouchers).toConstantValue(vouchers);
    bind(tokens.keyStoreBackends).toConstantValue(backends);
    bind(tokens.clock).toConstantValue(systemClock);
    bind(tokens.store).toConstantValue(foundation.store);
    bind(tokens.domainKeys).toConstantValue(foundation.domainKeys);
    bind(tokens.audit)
      .toResolvedValue(() => openAuditTrail(foundation, configuration, logger))
      .inSingletonScope()
      .onDeactivation((trail) => closeAuditTrail(trail, logger));
    bind(tokens.tracing).toConstantValue(foundation.tracing);
    bind(tokens.observe).toConstantValue(
      requestObserver(new RequestMetrics(foundation.metrics), foundation.tracing, logger),
    );
  });

const operations = new ContainerModule(({ bind }) => {
  bind(tokens.directory)
    .toResolvedValue(
      (store, unwrapped, clock, { keyCacheSize }) => {
        const options = { capacity: keyCacheSize, maxAgeMs: cacheAgeMs };
        return new KeyDirectory(store.keys, store.aliases, store.feed, unwrapped, clock, options);
      },
      [tokens.store, tokens.unwrapped, tokens.clock, tokens.configuration],
    )
    .inSingletonScope();
  bind(tokens.usage)
    .toResolvedValue((store) => new KeyUsageRecorder(store.keyUsage, keyUsesHeld), [tokens.store])
    .inSingletonScope();
  bind(tokens.handlers)
    .toResolvedValue(
      (
        store,
        directory,
        authoriser,
        crypto,
        randomness,
        clock,
        configuration,
        { attestedRecipients },
        usage,
        grantTokens,
        quotas,
        keyStores,
      ) =>
        keyServiceHandlers({
          ...crypto,
          attestedRecipients,
          usage,
          directory,
          authoriser,
          keys: store.keys,
          aliases: store.aliases,
          grants: { repository: store.grants, tokens: grantTokens },
          policies: new KeyPolicyCheck(authoriser),
          randomness,
          clock,
          quotas,
          keyStores,
          regions: configuration.regions,
          offers: (spec) => spec !== 'SM2',
        }),
      [
        tokens.store,
        tokens.directory,
        tokens.authoriser,
        tokens.cryptography,
        tokens.randomness,
        tokens.clock,
        tokens.configuration,
        tokens.vouchers,
        tokens.usage,
        tokens.grantTokens,
        tokens.quotaValues,
        tokens.keyStores,
      ],
    )
    .inSingletonScope();
  bind(tokens.pipeline)
    .toResolvedValue(
      (parts, handlers, verifier, observe) =>
        new RequestPipeline({
          ...parts,
          service: kmsService(handlers),
          verifier,
          observe: (outcome) => observe({ ...outcome, service: outcome.operation && 'kms' }),
        }),
      [tokens.pipelineParts, tokens.handlers, tokens.verifier, tokens.observe],
    )
    .inSingletonScope();
});

/** The whole graph of an API node. It is asked once, at start; nothing receives the container itself. */
export function apiContainer(
  configuration: Configuration,
  foundation: Foundation,
  logger: Logger,
  backends: KeyStoreBackends,
  vouchers: Vouchers = {},
): Container {
  const container = new Container();
  container.load(
    outside(configuration, foundation, logger, vouchers, backends),
    cryptographyModule,
    identityModule,
    keyStoresModule,
    readingModule,
    quotaModule,
    pipelinePartsModule,
    operations,
  );
  traceParts(container, foundation.tracing);
  return container;
}
