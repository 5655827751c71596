import { InMemoryDomainKeys, InMemoryRootKey } from '@keywarden/crypto/testing';
import { newKeyId } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { type KeySpec, type KmsKey, algorithmsOf } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import { DomainKeys } from '../domain-keys';
import { NodeMaterialFactory } from '../node-material-factory';
import { NodeRandomness } from '../node-randomness';
import { UnwrappedMaterials, type UnwrappedMaterialsOptions } from '../unwrapped-materials';

/** The whole hierarchy over memory, and keys with real material in it. */
export class CryptoStack {
  readonly clock = new SettableClock();
  readonly root = new InMemoryRootKey();
  readonly repository = new InMemoryDomainKeys();
  readonly domainKeys = new DomainKeys(this.root, this.repository);
  readonly factory = new NodeMaterialFactory(this.domainKeys);
  readonly materials: UnwrappedMaterials;

  constructor(options?: UnwrappedMaterialsOptions) {
    this.materials = new UnwrappedMaterials(this.domainKeys, options);
  }

  async makeKey(spec: KeySpec = 'SYMMETRIC_DEFAULT', changes: Partial<KmsKey> = {}): Promise<KmsKey> {
    const usage = algorithmsOf(spec, 'SIGN_VERIFY').length > 0 ? 'SIGN_VERIFY' : 'ENCRYPT_DECRYPT';
    const id = newKeyId(new NodeRandomness(), false);
    return this.withMaterial(aKmsKey({ id, spec, usage, materials: [], ...changes }));
  }

  /** One more material, which is current. */
  async withMaterial(key: KmsKey): Promise<KmsKey> {
    const fresh = await this.factory.generate({ ...key, keyId: key.id });
    const current = { ...fresh, state: 'CURRENT', createdAt: this.clock.now() } as const;
    const older = key.materials.map((material) => ({ ...material, state: 'NON_CURRENT' as const }));
    return { ...key, materials: [...older, current], currentMaterialId: fresh.id };
  }
}
