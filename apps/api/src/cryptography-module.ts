import {
  DataKeyPairPool,
  KeyAccess,
  NodeAsymmetricEncryption,
  NodeGrantTokens,
  NodeImportWrapping,
  NodeKeyAgreement,
  NodeKeyEncapsulation,
  NodeMacGeneration,
  NodeMaterialFactory,
  NodeRandomness,
  NodeSecretSource,
  NodeSecretWrapping,
  NodeSigning,
  NodeSymmetricEncryption,
  SlowWork,
  UnwrappedMaterials,
} from '@keywarden/node-crypto';
import { cacheAgeMs } from '@keywarden/runtime';
import { ContainerModule } from 'inversify';
import { tokens } from './tokens';

/** The cryptographic operations, one port each. */
export interface Cryptography {
  readonly materials: NodeMaterialFactory;
  readonly symmetric: NodeSymmetricEncryption;
  readonly asymmetric: NodeAsymmetricEncryption;
  readonly signing: NodeSigning;
  readonly macs: NodeMacGeneration;
  readonly agreement: NodeKeyAgreement;
  readonly encapsulation: NodeKeyEncapsulation;
  readonly pairs: DataKeyPairPool;
  readonly importWrapping: NodeImportWrapping;
  readonly secrets: NodeSecretSource;
}

/** Unwrapped key materials, and what is done with them. */
export const cryptographyModule = new ContainerModule(({ bind }) => {
  bind(tokens.randomness)
    .toResolvedValue(() => new NodeRandomness())
    .inSingletonScope();
  bind(tokens.slowWork)
    .toResolvedValue(() => new SlowWork())
    .inSingletonScope()
    .onDeactivation((slowWork) => slowWork.close());
  bind(tokens.unwrapped)
    .toResolvedValue(
      (domainKeys, { keyCacheSize }) =>
        new UnwrappedMaterials(domainKeys, { cache: { maxEntries: keyCacheSize, maxAgeMs: cacheAgeMs } }),
      [tokens.domainKeys, tokens.configuration],
    )
    .inSingletonScope();
  bind(tokens.pairs)
    .toResolvedValue((slowWork) => new DataKeyPairPool(slowWork), [tokens.slowWork])
    .inSingletonScope()
    .onDeactivation((pairs) => pairs.close());
  bind(tokens.secretWrapping)
    .toResolvedValue((domainKeys) => new NodeSecretWrapping(domainKeys), [tokens.domainKeys])
    .inSingletonScope();
  bind(tokens.grantTokens)
    .toResolvedValue((domainKeys) => new NodeGrantTokens(domainKeys), [tokens.domainKeys])
    .inSingletonScope();
  bind(tokens.cryptography)
    .toResolvedValue(
      (domainKeys, unwrapped, slowWork, pairs, clock): Cryptography => {
        const access = new KeyAccess(unwrapped, clock);
        return {
          materials: new NodeMaterialFactory(domainKeys, slowWork),
          symmetric: new NodeSymmetricEncryption(unwrapped, clock),
          asymmetric: new NodeAsymmetricEncryption(access, slowWork),
          signing: new NodeSigning(access, slowWork),
          macs: new NodeMacGeneration(access),
          agreement: new NodeKeyAgreement(access, slowWork),
          encapsulation: new NodeKeyEncapsulation(access),
          pairs,
          importWrapping: new NodeImportWrapping(domainKeys, pairs, slowWork),
          secrets: new NodeSecretSource(),
        };
      },
      [tokens.domainKeys, tokens.unwrapped, tokens.slowWork, tokens.pairs, tokens.clock],
    )
    .inSingletonScope();
});
