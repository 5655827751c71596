import {
  type CustomKeyStore,
  type CustomKeyStoreType,
  checkCollisions,
  createCustomKeyStore,
  disconnected,
  repeatedCreation,
} from '@keywarden/custom-key-stores';
import { type CustomKeyStoreId, type Result, accept, newCustomKeyStoreId } from '@keywarden/kernel';
import { type RequestContext, storeSecretPlace } from '@keywarden/key-service';
import { type KeyStoreParts, callOf, mayManage, tenancyOf } from './parts';
import type { KeyStoresRefusal } from './refusals';
import { type BackingMembers, askedStore } from './store-parameters';

export interface CreateCustomKeyStore extends BackingMembers {
  readonly customKeyStoreName: string;
  /** AWS_CLOUDHSM when absent. */
  readonly customKeyStoreType?: CustomKeyStoreType;
}

const operation = 'CreateCustomKeyStore';

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateCustomKeyStore.html */
export class CreateCustomKeyStoreHandler {
  constructor(private readonly parts: KeyStoreParts) {}

  async handle(
    context: RequestContext,
    command: CreateCustomKeyStore,
  ): Promise<Result<{ readonly customKeyStoreId: CustomKeyStoreId }, KeyStoresRefusal>> {
    try {
      return await this.#create(context, command);
    } finally {
      command.xksProxyAuthenticationCredential?.rawSecretAccessKey[Symbol.dispose]();
    }
  }

  async #create(
    context: RequestContext,
    command: CreateCustomKeyStore,
  ): Promise<Result<{ readonly customKeyStoreId: CustomKeyStoreId }, KeyStoresRefusal>> {
    const { repository, stores, secrets, randomness, limit } = this.parts;
    const call = mayManage(this.parts, context, operation);
    if (!call.ok) return call;
    const asked = askedStore(command.customKeyStoreName, command.customKeyStoreType ?? 'AWS_CLOUDHSM', command);
    if (!asked.ok) return asked;
    const { plan, secret } = asked.value;
    const backend = stores.backends[plan.backing.type];
    const related = (one: string, other: string): boolean => backend.related(one, other);

    const existing = await repository.list(tenancyOf(context));
    const there = repeatedCreation(plan, existing);
    if (there !== undefined) return accept({ customKeyStoreId: there.id });
    const free = checkCollisions(plan, existing, related);
    if (!free.ok) return free;

    const place = { ...tenancyOf(context), id: newCustomKeyStoreId(randomness) };
    const wrappedSecret = await secrets.wrap(storeSecretPlace(place), secret);
    const facts = { createdAt: context.now, connection: disconnected, version: 1 };
    const store: CustomKeyStore = { ...place, ...plan, ...facts, wrappedSecret };
    const verified = await backend.verify({ store, secret }, callOf(context, operation));
    if (!verified.ok) return verified;
    const created = await repository.create(place, (stored) =>
      createCustomKeyStore(place, plan, wrappedSecret, stored, related, limit(place), context.now),
    );
    return created.ok ? accept({ customKeyStoreId: created.value.id }) : created;
  }
}
