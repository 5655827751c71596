import type { CiphertextRefused, KeyEncapsulation } from '@keywarden/crypto';
import { type KeyArn, type Result, type SecretBytes, accept } from '@keywarden/kernel';
import { type EncapsulationAlgorithm, arnOf } from '@keywarden/keys';
import { openCryptographic } from './cryptographic-use';
import type { KeyDoor } from './key-door';
import type { DryRunSucceeded, KeyDoorRefusal, UsageRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkDryRun } from './usage';

export interface Encapsulate {
  readonly keyId: string;
  readonly encapsulationAlgorithm: EncapsulationAlgorithm;
  readonly grantTokens?: readonly string[];
  readonly dryRun?: boolean;
}

export interface Decapsulate extends Encapsulate {
  /** 1 to 6,144 bytes */
  readonly sharedSecretCiphertextBlob: Uint8Array;
}

export interface Decapsulated {
  readonly keyId: KeyArn;
  /** 32 bytes */
  readonly sharedSecret: SecretBytes;
  readonly encapsulationAlgorithm: EncapsulationAlgorithm;
}

export interface Encapsulated extends Decapsulated {
  readonly sharedSecretCiphertextBlob: Uint8Array;
}

type Refusals = KeyDoorRefusal | UsageRefusal | DryRunSucceeded;

/**
 * Encapsulate and Decapsulate (ML-KEM, FIPS 203).
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Encapsulate.html
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Decapsulate.html
 */
export class EncapsulationHandlers {
  constructor(
    private readonly door: KeyDoor,
    private readonly encapsulation: KeyEncapsulation,
  ) {}

  async encapsulate(context: RequestContext, command: Encapsulate): Promise<Result<Encapsulated, Refusals>> {
    const use = await this.#open(context, 'Encapsulate', command);
    if (!use.ok) return use;
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) return dryRun;
    const { secret, ciphertext } = await this.encapsulation.encapsulate(use.value);
    return accept({
      keyId: arnOf(use.value.key),
      sharedSecret: secret,
      sharedSecretCiphertextBlob: ciphertext,
      encapsulationAlgorithm: command.encapsulationAlgorithm,
    });
  }

  /** A dry run looks at the ciphertext too: it answers what the call itself would. */
  async decapsulate(
    context: RequestContext,
    command: Decapsulate,
  ): Promise<Result<Decapsulated, Refusals | CiphertextRefused>> {
    const use = await this.#open(context, 'Decapsulate', command);
    if (!use.ok) return use;
    const secret = await this.encapsulation.decapsulate(use.value, command.sharedSecretCiphertextBlob);
    if (!secret.ok) return secret;
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) {
      secret.value[Symbol.dispose]();
      return dryRun;
    }
    const { encapsulationAlgorithm } = command;
    return accept({ keyId: arnOf(use.value.key), sharedSecret: secret.value, encapsulationAlgorithm });
  }

  async #open<O extends 'Encapsulate' | 'Decapsulate'>(context: RequestContext, operation: O, command: Encapsulate) {
    const { keyId, grantTokens, encapsulationAlgorithm: algorithm } = command;
    return openCryptographic(this.door, context, {
      operation,
      keyId,
      usage: 'ENCAPSULATE_DECAPSULATE',
      algorithm,
      facts: {},
      grantTokens,
    });
  }
}
