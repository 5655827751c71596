import { sameAccountAuthoriser } from '@keywarden/authorization';
import type { Configuration } from '@keywarden/config';
import { CredentialDirectory } from '@keywarden/identity-service';
import { KeyDirectory } from '@keywarden/key-service';
import { RequestPipeline, keyServiceHandlers } from '@keywarden/kms-protocol';
import {
  NodeMaterialFactory,
  NodeRandomness,
  NodeSecretSource,
  NodeSecretWrapping,
  NodeSymmetricEncryption,
  UnwrappedMaterials,
} from '@keywarden/node-crypto';
import { type Foundation, systemClock } from '@keywarden/runtime';
import { SigV4Verifier } from '@keywarden/sigv4';
import { type Logger, errorFields } from '@keywarden/telemetry';
import { Container, ContainerModule } from 'inversify';
import { tokens } from './tokens';

/** How long a node trusts what it holds without having heard of a change. */
const cacheAgeMs = 300_000;
const accessKeysHeld = 10_000;
const aliasesPerKey = 50;

/** What comes from outside: settings, the log, the database and the root key. */
const outside = (configuration: Configuration, foundation: Foundation, logger: Logger): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(tokens.configuration).toConstantValue(configuration);
    bind(tokens.logger).toConstantValue(logger);
    bind(tokens.clock).toConstantValue(systemClock);
    bind(tokens.store).toConstantValue(foundation.store);
    bind(tokens.domainKeys).toConstantValue(foundation.domainKeys);
  });

const cryptography = new ContainerModule(({ bind }) => {
  bind(tokens.randomness)
    .toResolvedValue(() => new NodeRandomness())
    .inSingletonScope();
  bind(tokens.unwrapped)
    .toResolvedValue(
      (domainKeys, { keyCacheSize }) =>
        new UnwrappedMaterials(domainKeys, { cache: { maxEntries: keyCacheSize, maxAgeMs: cacheAgeMs } }),
      [tokens.domainKeys, tokens.configuration],
    )
    .inSingletonScope();
  bind(tokens.materials)
    .toResolvedValue((domainKeys) => new NodeMaterialFactory(domainKeys), [tokens.domainKeys])
    .inSingletonScope();
  bind(tokens.symmetric)
    .toResolvedValue(
      (unwrapped, clock) => new NodeSymmetricEncryption(unwrapped, clock),
      [tokens.unwrapped, tokens.clock],
    )
    .inSingletonScope();
  bind(tokens.secrets)
    .toResolvedValue(() => new NodeSecretSource())
    .inSingletonScope();
  bind(tokens.secretWrapping)
    .toResolvedValue((domainKeys) => new NodeSecretWrapping(domainKeys), [tokens.domainKeys])
    .inSingletonScope();
});

const access = new ContainerModule(({ bind }) => {
  bind(tokens.authoriser).toConstantValue(sameAccountAuthoriser);
  bind(tokens.credentials)
    .toResolvedValue(
      (store, secretWrapping, clock) => {
        const options = { capacity: accessKeysHeld, maxAgeMs: cacheAgeMs };
        return new CredentialDirectory(store.identity, secretWrapping, store.feed, clock, options);
      },
      [tokens.store, tokens.secretWrapping, tokens.clock],
    )
    .inSingletonScope();
  bind(tokens.verifier)
    .toResolvedValue(
      (credentials, { regions }) =>
        new SigV4Verifier({ credentials, regions: new Set<string>(regions), services: new Set(['kms']) }),
      [tokens.credentials, tokens.configuration],
    )
    .inSingletonScope();
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
  bind(tokens.handlers)
    .toResolvedValue(
      (store, directory, authoriser, materials, symmetric, secrets, randomness, { keyQuota }) =>
        keyServiceHandlers({
          directory,
          authoriser,
          keys: store.keys,
          aliases: store.aliases,
          policies: { check: () => ({ ok: true, value: undefined }) },
          materials,
          symmetric,
          ...notYet,
          secrets,
          randomness,
          clock: systemClock,
          quotas: { keysPerAccount: keyQuota, aliasesPerKey },
          offers: (spec) => spec !== 'SM2',
        }),
      [
        tokens.store,
        tokens.directory,
        tokens.authoriser,
        tokens.materials,
        tokens.symmetric,
        tokens.secrets,
        tokens.randomness,
        tokens.configuration,
      ],
    )
    .inSingletonScope();
  bind(tokens.pipeline)
    .toResolvedValue(
      (handlers, verifier, clock, logger) =>
        new RequestPipeline(
          handlers,
          verifier,
          clock,
          ({ requestId, operation, errorType, durationMs }) =>
            logger.debug({ requestId, operation, errorType, durationMs }, 'request'),
          (requestId, operation, fault) => logger.error({ requestId, operation, ...errorFields(fault) }, 'fault'),
        ),
      [tokens.handlers, tokens.verifier, tokens.clock, tokens.logger],
    )
    .inSingletonScope();
});

const missing = new Proxy(
  {},
  {
    get: () => () => {
      throw new Error('not yet');
    },
  },
) as never;
const notYet = {
  asymmetric: missing,
  signing: missing,
  macs: missing,
  agreement: missing,
  encapsulation: missing,
  pairs: missing,
};

/** The whole graph of an API node. It is asked once, at start; nothing receives the container itself. */
export function apiContainer(configuration: Configuration, foundation: Foundation, logger: Logger): Container {
  const container = new Container();
  container.load(outside(configuration, foundation, logger), cryptography, access, operations);
  return container;
}
