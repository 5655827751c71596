import {
  type DigestLengthWrong,
  type MessageType,
  type SignedInput,
  type Signing,
  digestLengthOf,
  signingAlgorithms,
} from '@keywarden/crypto';
import { type KeyArn, type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type KeySpec, type SigningAlgorithm, algorithmsOf, arnOf } from '@keywarden/keys';
import { openCryptographic } from './cryptographic-use';
import type { KeyDoor } from './key-door';
import type { DryRunSucceeded, KeyDoorRefusal, SignatureRefusal, UsageRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkDryRun } from './usage';

export interface Sign {
  readonly keyId: string;
  /** 1 to 4,096 bytes */
  readonly message: SecretBytes;
  /** RAW when absent */
  readonly messageType?: MessageType;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly grantTokens?: readonly string[];
  readonly dryRun?: boolean;
}

export interface Verify extends Sign {
  /** 1 to 6,144 bytes */
  readonly signature: Uint8Array;
}

export interface Signed {
  readonly keyId: KeyArn;
  readonly signature: Uint8Array;
  readonly signingAlgorithm: SigningAlgorithm;
}

export interface Verified {
  readonly keyId: KeyArn;
  /** Always true: what does not verify is refused. */
  readonly signatureValid: boolean;
  readonly signingAlgorithm: SigningAlgorithm;
}

type Refusals = KeyDoorRefusal | UsageRefusal | SignatureRefusal | DigestLengthWrong | DryRunSucceeded;

/**
 * Sign and Verify.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Verify.html
 */
export class SignatureHandlers {
  constructor(
    private readonly door: KeyDoor,
    private readonly signing: Signing,
  ) {}

  async sign(context: RequestContext, command: Sign): Promise<Result<Signed, Refusals>> {
    const use = await this.#open(context, 'Sign', command);
    if (!use.ok) return use;
    const input = toInput(command);
    const suitable = checkMessage(use.value.key.spec, input);
    if (!suitable.ok) return suitable;
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) return dryRun;
    const signature = await this.signing.sign(use.value, input);
    if (!signature.ok) return signature;
    return accept({
      keyId: arnOf(use.value.key),
      signature: signature.value,
      signingAlgorithm: command.signingAlgorithm,
    });
  }

  /** A dry run looks at the signature too: it answers what the call itself would. */
  async verify(context: RequestContext, command: Verify): Promise<Result<Verified, Refusals>> {
    const use = await this.#open(context, 'Verify', command);
    if (!use.ok) return use;
    const input = toInput(command);
    const suitable = checkMessage(use.value.key.spec, input);
    if (!suitable.ok) return suitable;
    const valid = await this.signing.verify(use.value, input, command.signature);
    if (!valid.ok) return valid;
    if (!valid.value) return refuse({ code: 'SignatureNotValid' });
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) return dryRun;
    const { signingAlgorithm } = command;
    return accept({ keyId: arnOf(use.value.key), signatureValid: true, signingAlgorithm });
  }

  async #open<O extends 'Sign' | 'Verify'>(context: RequestContext, operation: O, command: Sign) {
    const { keyId, grantTokens, signingAlgorithm: algorithm, messageType = 'RAW' } = command;
    return openCryptographic(this.door, context, {
      operation,
      keyId,
      usage: 'SIGN_VERIFY',
      algorithm,
      facts: { signingAlgorithm: algorithm, messageType },
      grantTokens,
    });
  }
}

function toInput({ signingAlgorithm: algorithm, messageType = 'RAW', message }: Sign): SignedInput {
  return { algorithm, messageType, message };
}

/**
 * Does the algorithm take messages of this type, and has a digest its length? Where no algorithm of the spec takes the
 * type, it is the spec that KMS names.
 */
function checkMessage(
  spec: KeySpec,
  { algorithm, messageType, message }: SignedInput,
): Result<void, SignatureRefusal | DigestLengthWrong> {
  if (!signingAlgorithms[algorithm].messageTypes.includes(messageType)) {
    const takenBySpec = algorithmsOf(spec, 'SIGN_VERIFY').some((offered) =>
      signingAlgorithms[offered].messageTypes.includes(messageType),
    );
    return refuse(
      takenBySpec
        ? { code: 'MessageTypeNotOfAlgorithm', messageType, algorithm }
        : { code: 'MessageTypeNotOfSpec', messageType, spec },
    );
  }
  if (messageType === 'RAW' || message.length === digestLengthOf(algorithm)) return accept(undefined);
  return refuse({ code: 'DigestLengthWrong', algorithm });
}
