import type { AttestedRecipients, KeyAgreement, PeerKeyUnsuitable } from '@keywarden/crypto';
import { type KeyArn, type Result, type SecretBytes, accept } from '@keywarden/kernel';
import { type KeyAgreementAlgorithm, type Origin, arnOf } from '@keywarden/keys';
import { openCryptographic } from './cryptographic-use';
import type { KeyDoor } from './key-door';
import { type Recipient, attestationFacts, handOver, verifyRecipient } from './recipient';
import type { DryRunSucceeded, KeyDoorRefusal, ParameterRefusal, UsageRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkDryRun } from './usage';

export interface DeriveSharedSecret {
  readonly keyId: string;
  readonly keyAgreementAlgorithm: KeyAgreementAlgorithm;
  /** The other side's: SubjectPublicKeyInfo, DER; 1 to 8,192 bytes */
  readonly publicKey: Uint8Array;
  readonly grantTokens?: readonly string[];
  readonly dryRun?: boolean;
  readonly recipient?: Recipient;
}

/** The secret is in the answer itself, or as CMS EnvelopedData for the attested recipient. */
export type SharedSecretDerived = {
  readonly keyId: KeyArn;
  readonly keyAgreementAlgorithm: KeyAgreementAlgorithm;
  readonly keyOrigin: Origin;
} & (
  | { readonly sharedSecret: SecretBytes; readonly ciphertextForRecipient?: undefined }
  | { readonly sharedSecret?: undefined; readonly ciphertextForRecipient: Uint8Array }
);

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html */
export class DeriveSharedSecretHandler {
  constructor(
    private readonly door: KeyDoor,
    private readonly agreement: KeyAgreement,
    private readonly recipients?: AttestedRecipients,
  ) {}

  async handle(
    context: RequestContext,
    command: DeriveSharedSecret,
  ): Promise<
    Result<SharedSecretDerived, KeyDoorRefusal | UsageRefusal | ParameterRefusal | PeerKeyUnsuitable | DryRunSucceeded>
  > {
    const recipient = verifyRecipient(this.recipients, command.recipient, context);
    if (!recipient.ok) return recipient;
    const { keyId, grantTokens, keyAgreementAlgorithm } = command;
    const use = await openCryptographic(this.door, context, {
      operation: 'DeriveSharedSecret',
      keyId,
      usage: 'KEY_AGREEMENT',
      algorithm: keyAgreementAlgorithm,
      facts: { keyAgreementAlgorithm, ...attestationFacts(recipient.value) },
      grantTokens,
    });
    if (!use.ok) return use;
    const derived = await this.agreement.deriveSharedSecret(use.value, command.publicKey);
    if (!derived.ok) return derived;
    // Only now is it known whether the peer's key is one: a dry run answers what the call itself would.
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) {
      derived.value[Symbol.dispose]();
      return dryRun;
    }
    const { key } = use.value;
    const answer = { keyId: arnOf(key), keyAgreementAlgorithm, keyOrigin: key.origin };
    const { plaintext, ciphertextForRecipient } = await handOver(derived.value, recipient.value);
    return accept(
      plaintext === undefined ? { ...answer, ciphertextForRecipient } : { ...answer, sharedSecret: plaintext },
    );
  }
}
