import { type KeyObject, createPublicKey, randomFillSync } from 'node:crypto';
import {
  type FreshMaterial,
  type MaterialFactory,
  type MaterialOwner,
  type MaterialPlace,
  type MaterialUnsuitable,
  materialBinding,
} from '@keywarden/crypto';
import { type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type WrappedMaterial, specOf } from '@keywarden/keys';
import type { DomainKeys } from './domain-keys';
import { generatePair } from './key-pair-kinds';
import { materialIdOf } from './material-id';
import { parsePrivateKey } from './parse-private-key';
import type { SlowWork } from './slow-work';
import { unwrapMaterial } from './unwrapped-materials';

const unsuitable = refuse({ code: 'MaterialUnsuitable' } as const);

/** Key materials from the system's generator or from a customer, wrapped under the domain key. */
export class NodeMaterialFactory implements MaterialFactory {
  readonly #domainKeys: DomainKeys;
  readonly #slow: SlowWork;

  constructor(domainKeys: DomainKeys, slow: SlowWork) {
    this.#domainKeys = domainKeys;
    this.#slow = slow;
  }

  /** @throws Error for specs this build has no algorithms for (SM2) */
  async generate(owner: MaterialOwner): Promise<FreshMaterial> {
    const { materialBytes } = specOf(owner.spec);
    if (materialBytes === undefined) {
      const { privateKey } = await this.#slow.threadPool.run(() => generatePair(owner.spec));
      return this.#wrapPrivateKey(owner, privateKey);
    }
    using material = SecretBytes.adopt(randomFillSync(new Uint8Array(materialBytes)));
    return await this.#wrapBytes(owner, material);
  }

  async adopt(owner: MaterialOwner, bytes: SecretBytes): Promise<Result<FreshMaterial, MaterialUnsuitable>> {
    const { importable, materialBytes } = specOf(owner.spec);
    if (!importable) return unsuitable;
    if (materialBytes !== undefined) {
      return bytes.length === materialBytes ? accept(await this.#wrapBytes(owner, bytes)) : unsuitable;
    }
    const privateKey = parsePrivateKey(owner.spec, bytes);
    return privateKey === undefined ? unsuitable : accept(await this.#wrapPrivateKey(owner, privateKey));
  }

  async rewrap(material: WrappedMaterial, from: MaterialPlace, to: MaterialPlace): Promise<WrappedMaterial> {
    using bytes = await unwrapMaterial(this.#domainKeys, from, material);
    return await this.#wrap(to, bytes);
  }

  async #wrapBytes(owner: MaterialOwner, bytes: SecretBytes): Promise<FreshMaterial> {
    const id = bytes.expose((material) => materialIdOf(owner.keyId, material));
    return { id, wrapped: await this.#wrap({ ...owner, materialId: id }, bytes) };
  }

  /** What is wrapped is our own encoding of the key, never the bytes a customer sent. */
  async #wrapPrivateKey(owner: MaterialOwner, privateKey: KeyObject): Promise<FreshMaterial> {
    const publicKey = Uint8Array.from(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }));
    const id = materialIdOf(owner.keyId, publicKey);
    using bytes = SecretBytes.adopt(privateKey.export({ format: 'der', type: 'pkcs8' }));
    return { id, publicKey, wrapped: await this.#wrap({ ...owner, materialId: id }, bytes) };
  }

  async #wrap(place: MaterialPlace, bytes: SecretBytes): Promise<WrappedMaterial> {
    return (await this.#domainKeys.seal(place, materialBinding(place), bytes)) as Uint8Array as WrappedMaterial;
  }
}
