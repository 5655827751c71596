import type { Authoriser } from '@keywarden/authorization';
import type { AttestedRecipients, SecretSource } from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { mayCall } from './account-call';
import { type Handover, type Recipient, attestationFacts, handOver, verifyRecipient } from './recipient';
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
    private readonly recipients?: AttestedRecipients,
  ) {}

  async handle(
    context: RequestContext,
    { numberOfBytes, customKeyStoreId, recipient: requested }: GenerateRandom,
  ): Promise<Result<Handover, KeyDoorRefusal | ParameterRefusal>> {
    if (numberOfBytes === undefined) return refuse({ code: 'NumberOfBytesMissing' });
    const recipient = verifyRecipient(this.recipients, requested, context);
    if (!recipient.ok) return recipient;
    const call = mayCall(this.authoriser, context, 'kms:GenerateRandom', '*', attestationFacts(recipient.value));
    if (!call.ok) return call;
    if (customKeyStoreId !== undefined) return refuse({ code: 'CustomKeyStoreUnknown', customKeyStoreId });
    return accept(await handOver(this.secrets.take(numberOfBytes), recipient.value));
  }
}
