import { materialBinding, soleRootKey } from '@keywarden/crypto';
import { InMemoryDomainKeys, InMemoryRootKey } from '@keywarden/crypto/testing';
import { SecretBytes, newKeyId } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { type KeySpec, type KmsKey, type WrappedMaterial, algorithmsOf } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import { DomainKeys } from '../domain-keys';
import { KeyAccess } from '../key-access';
import { materialIdOf } from '../material-id';
import { NodeMaterialFactory } from '../node-material-factory';
import { NodeRandomness } from '../node-randomness';
import { SlowWork } from '../slow-work';
import { UnwrappedMaterials, type UnwrappedMaterialsOptions, placeOf } from '../unwrapped-materials';

/** The whole hierarchy over memory, and keys with real material in it. */
export class CryptoStack {
  readonly clock = new SettableClock();
  readonly slow = new SlowWork({ workers: { size: 1, deadlineMs: 20_000 }, threadPool: { maxWaitMs: 20_000 } });
  readonly root = new InMemoryRootKey();
  readonly repository = new InMemoryDomainKeys();
  readonly domainKeys = new DomainKeys(soleRootKey(this.root), this.repository);
  readonly factory = new NodeMaterialFactory(this.domainKeys, this.slow);
  readonly materials: UnwrappedMaterials;
  readonly access: KeyAccess;

  constructor(options?: UnwrappedMaterialsOptions) {
    this.materials = new UnwrappedMaterials(this.domainKeys, options);
    this.access = new KeyAccess(this.materials, this.clock);
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

  /** A key with the material a test brings, whatever its length: raw bytes or PKCS#8 DER. */
  async keyWith(spec: KeySpec, bytes: Uint8Array): Promise<KmsKey> {
    const key = aKmsKey({ id: newKeyId(new NodeRandomness(), false), spec });
    const material = { ...key.materials[0]!, id: materialIdOf(key.id, bytes) };
    const binding = materialBinding(placeOf(key, material));
    const wrapped = await this.domainKeys.seal(key, binding, SecretBytes.copyOf(bytes));
    const stored = { ...material, wrapped: wrapped as Uint8Array as WrappedMaterial };
    return { ...key, materials: [stored], currentMaterialId: material.id };
  }
}
