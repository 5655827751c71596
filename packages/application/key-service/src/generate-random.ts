import type { Authoriser } from '@keywarden/authorization';
import type { SecretSource } from '@keywarden/crypto';
import { type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import { mayCall } from './account-call';
import { type Recipient, refuseRecipient } from './recipient';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface GenerateRandom {
  /** 1 to 1,024; the service requires it although the model does not */
  readonly numberOfBytes?: number;
  readonly customKeyStoreId?: string;
  readonly recipient?: Recipient;
}

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html */
export class GenerateRandomHandler {
  constructor(
    private readonly authoriser: Authoriser,
    private readonly secrets: SecretSource,
  ) {}

  async handle(
    context: RequestContext,
    { numberOfBytes, customKeyStoreId, recipient }: GenerateRandom,
  ): Promise<Result<{ readonly plaintext: SecretBytes }, KeyDoorRefusal | ParameterRefusal>> {
    if (numberOfBytes === undefined) return refuse({ code: 'NumberOfBytesMissing' });
    const call = mayCall(this.authoriser, context, 'kms:GenerateRandom');
    if (!call.ok) return call;
    if (customKeyStoreId !== undefined) return refuse({ code: 'CustomKeyStoreUnknown', customKeyStoreId });
    const unattested = refuseRecipient(recipient);
    if (!unattested.ok) return unattested;
    return accept({ plaintext: this.secrets.take(numberOfBytes) });
  }
}
