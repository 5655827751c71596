import type { SecretPlace, SecretWrapping } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';

const boundTo = ({ account, region, purpose, name }: SecretPlace): string =>
  JSON.stringify([account, region, purpose, name]);

/** "Wrapped" secrets are in clear behind the place they are bound to, so that tests see a wrong place. */
export const xksBoundSecrets: SecretWrapping = {
  wrap: async (place, secret) =>
    secret.expose((bytes) => Uint8Array.from(Buffer.from(`${boundTo(place)}=${Buffer.from(bytes).toString()}`))),

  unwrap: async (place, wrapped) => {
    const text = Buffer.from(wrapped).toString();
    const bound = `${boundTo(place)}=`;
    if (!text.startsWith(bound)) throw new Error('not wrapped for this place');
    return SecretBytes.copyOf(Buffer.from(text.slice(bound.length)));
  },
};

export function shown(secret: SecretBytes): string {
  return secret.expose((bytes) => Buffer.from(bytes).toString());
}
