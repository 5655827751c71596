import type { Authoriser } from '@keywarden/authorization';
import type { AttestedRecipients, SecretSource } from '@keywarden/crypto';
import { type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { KeyStoreRefusal } from '@keywarden/keys';
import { mayCall } from './account-call';
import { type Handover, type Recipient, attestationFacts, handOver, verifyRecipient } from './recipient';
import type { KeyStoreUnable, NewStoreKeys } from './new-store-key';
import type { KeyDoorRefusal, ParameterRefusal, RequestQuotaSpent } from './refusals';
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
    private readonly storeKeys?: NewStoreKeys,
  ) {}

  async handle(
    context: RequestContext,
    { numberOfBytes, customKeyStoreId, recipient: requested }: GenerateRandom,
  ): Promise<
    Result<Handover, KeyDoorRefusal | ParameterRefusal | KeyStoreRefusal | KeyStoreUnable | RequestQuotaSpent>
  > {
    if (numberOfBytes === undefined) return refuse({ code: 'NumberOfBytesMissing' });
    const recipient = verifyRecipient(this.recipients, requested, context);
    if (!recipient.ok) return recipient;
    const call = mayCall(this.authoriser, context, 'kms:GenerateRandom', '*', attestationFacts(recipient.value));
    if (!call.ok) return call;
    const random =
      customKeyStoreId === undefined
        ? accept(this.secrets.take(numberOfBytes))
        : await this.#fromStore(context, customKeyStoreId, numberOfBytes);
    return random.ok ? accept(await handOver(random.value, recipient.value)) : random;
  }

  /** Only a token makes random bytes, and only while its store is connected. */
  async #fromStore(
    context: RequestContext,
    customKeyStoreId: string,
    length: number,
  ): Promise<Result<SecretBytes, ParameterRefusal | KeyStoreRefusal | KeyStoreUnable | RequestQuotaSpent>> {
    if (this.storeKeys === undefined) return refuse({ code: 'CustomKeyStoreUnknown', customKeyStoreId });
    const found = await this.storeKeys.find(context, customKeyStoreId);
    if (!found.ok) return found;
    const { store } = found.value;
    if (store.backing.type !== 'AWS_CLOUDHSM') return refuse({ code: 'RandomNotOfKeyStore' });
    if (store.connection.state !== 'CONNECTED') return refuse({ code: 'KeyStoreNotConnected', keyStoreId: store.id });
    if ((await context.admission?.ofStore(store, store.id)) === false) return refuse({ code: 'RequestQuotaSpent' });
    const random = await this.storeKeys.random(found.value, length);
    if (random === undefined) return refuse({ code: 'RandomNotOfKeyStore' });
    return random.ok ? random : refuse({ code: 'KeyStoreUnable', cause: random.refusal.cause });
  }
}
