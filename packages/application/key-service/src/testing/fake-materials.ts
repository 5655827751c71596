import { createHash, randomBytes } from 'node:crypto';
import type { FreshMaterial, MaterialFactory, MaterialOwner, MaterialPlace } from '@keywarden/crypto';
import { SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type KeyMaterialId, type WrappedMaterial, specOf } from '@keywarden/keys';

const boundTo = ({ account, region, keyId, materialId, spec }: MaterialPlace): string =>
  [account, region, keyId, materialId, spec].join('|');

/** Key materials without a root key: "wrapped" bytes are in clear behind the place they are bound to. */
export const fakeMaterials: MaterialFactory = {
  generate: async (owner) => materialOf(owner, randomBytes(specOf(owner.spec).materialBytes ?? 32)),

  adopt: async (owner, bytes) => {
    const length = specOf(owner.spec).materialBytes;
    if (length !== undefined && bytes.length !== length) return refuse({ code: 'MaterialUnsuitable' } as const);
    return accept(bytes.expose((raw) => materialOf(owner, raw)));
  },

  rewrap: async (material, from, to) => {
    const [bound, raw] = Buffer.from(material).toString().split('=');
    if (bound !== boundTo(from) || raw === undefined) throw new Error('not wrapped for that place');
    return wrapped(to, raw);
  },
};

/** Where a fake wrapped material is bound to. */
export function placeOf(material: WrappedMaterial | undefined): string | undefined {
  return material === undefined ? undefined : Buffer.from(material).toString().split('=')[0];
}

/** The place as {@link placeOf} spells it. */
export function aPlace(place: MaterialPlace): string {
  return boundTo(place);
}

/** A secret a test can look into. */
export function aSecret(text: string | Uint8Array): SecretBytes {
  return SecretBytes.copyOf(Buffer.from(text));
}

export function shown(secret: SecretBytes | undefined): string {
  if (secret === undefined) throw new Error('the answer holds no plaintext');
  return secret.expose((bytes) => Buffer.from(bytes).toString());
}

function materialOf(owner: MaterialOwner, raw: Uint8Array): FreshMaterial {
  const id = createHash('sha256').update(owner.keyId).update(raw).digest('hex') as KeyMaterialId;
  const asymmetric = specOf(owner.spec).family === 'asymmetric';
  return {
    id,
    wrapped: wrapped({ ...owner, materialId: id }, Buffer.from(raw).toString('hex')),
    ...(asymmetric && { publicKey: Uint8Array.from(createHash('sha256').update(raw).digest()) }),
  };
}

function wrapped(place: MaterialPlace, raw: string): WrappedMaterial {
  return Uint8Array.from(Buffer.from(`${boundTo(place)}=${raw}`)) as WrappedMaterial;
}
