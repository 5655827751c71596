import type { ImportParameters, ImportWrapping } from '@keywarden/crypto';
import { SecretBytes, accept, refuse } from '@keywarden/kernel';

/** Import tokens in clear; "encrypted" material is the material, and what begins with `!` cannot be decrypted. */
export const fakeImportWrapping: ImportWrapping = {
  issue: async (owner, spec, parameters) => ({
    publicKey: Uint8Array.from(Buffer.from(spec)),
    importToken: Uint8Array.from(Buffer.from(JSON.stringify([owner, parameters]))),
  }),

  open: async (owner, importToken) => {
    const [boundTo, parameters] = read(importToken);
    if (JSON.stringify(boundTo) !== JSON.stringify(owner) || parameters === undefined) return undefined;
    return {
      ...parameters,
      unwrap: async (encrypted) =>
        encrypted[0] === 0x21 ? refuse({ code: 'CiphertextRefused' } as const) : accept(SecretBytes.copyOf(encrypted)),
    };
  },
};

function read(importToken: Uint8Array): readonly [unknown?, ImportParameters?] {
  try {
    return JSON.parse(Buffer.from(importToken).toString()) as [unknown, ImportParameters];
  } catch {
    return [];
  }
}
