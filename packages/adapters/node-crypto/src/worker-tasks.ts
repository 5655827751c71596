import { type KeyObject, constants, privateEncrypt } from 'node:crypto';
import { type EcSpec, curveOf } from './curves';
import { verifyDigest } from './ecdsa-digest';
import { signEd25519ph, verifyEd25519ph } from './ed25519ph';
import { signMu, verifyMu } from './ml-dsa-mu';
import type { MlDsaSpec } from './ml-dsa-specs';

interface Signed {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** What runs in workers, because it is slow and has no asynchronous form in node:crypto. */
export const workerTasks = {
  /** @param input.encoded as long as the modulus, and below it */
  rsaPrivateOperation: (input: { key: KeyObject; encoded: Uint8Array }): Uint8Array =>
    Uint8Array.from(privateEncrypt({ key: input.key, padding: constants.RSA_NO_PADDING }, input.encoded)),
  signEd25519ph: (input: { key: KeyObject; message: Uint8Array }): Uint8Array =>
    signEd25519ph(input.key, input.message),
  verifyEd25519ph: (input: { publicKey: Uint8Array } & Signed): boolean =>
    verifyEd25519ph(input.publicKey, input.message, input.signature),
  signMu: (input: { spec: MlDsaSpec; key: KeyObject; message: Uint8Array }): Uint8Array =>
    signMu(input.spec, input.key, input.message),
  verifyMu: (input: { spec: MlDsaSpec; key: KeyObject } & Signed): boolean =>
    verifyMu(input.spec, input.key, input.message, input.signature),
  verifyEcdsaDigest: (input: { spec: EcSpec; key: KeyObject } & Signed): boolean => {
    const curve = curveOf(input.spec);
    return curve !== undefined && verifyDigest(curve, input.key, input.message, input.signature);
  },
};

export type WorkerTaskName = keyof typeof workerTasks;
export type WorkerTaskInput<N extends WorkerTaskName> = Parameters<(typeof workerTasks)[N]>[0];
export type WorkerTaskOutput<N extends WorkerTaskName> = ReturnType<(typeof workerTasks)[N]>;

export interface WorkerRequest {
  readonly name: WorkerTaskName;
  readonly input: unknown;
}

export type WorkerAnswer =
  { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly message: string };
