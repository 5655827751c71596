import {
  type ConnectionErrorCode,
  type CustomKeyStore,
  type StoreCall,
  beginConnecting,
  beginDisconnecting,
  checkDeletion,
  endConnecting,
  endDisconnecting,
} from '@keywarden/custom-key-stores';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { RequestContext } from '@keywarden/key-service';
import { type KeyStoreParts, callOf, mayManage, named } from './parts';
import type { KeyStoresRefusal } from './refusals';

export interface OneStore {
  readonly customKeyStoreId: string;
}

/**
 * ConnectCustomKeyStore, DisconnectCustomKeyStore and DeleteCustomKeyStore. Connecting and disconnecting go on after the
 * answer, on the node that was asked. Should it die, time settles what it left (`connectionAt`).
 */
export class StoreConnectionHandlers {
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly parts: KeyStoreParts) {}

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ConnectCustomKeyStore.html */
  async connect(context: RequestContext, command: OneStore): Promise<Result<object, KeyStoresRefusal>> {
    const begun = await this.#change(context, command, 'ConnectCustomKeyStore', (store) =>
      beginConnecting(store, context.now),
    );
    if (!begun.ok) return begun;
    const { store, changed } = begun.value;
    if (changed) this.#afterwards(() => this.#attempt(store, callOf(context, 'ConnectCustomKeyStore')));
    return accept({});
  }

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DisconnectCustomKeyStore.html */
  async disconnect(context: RequestContext, command: OneStore): Promise<Result<object, KeyStoresRefusal>> {
    const begun = await this.#change(context, command, 'DisconnectCustomKeyStore', (store) =>
      beginDisconnecting(store, context.now),
    );
    if (!begun.ok) return begun;
    this.#afterwards(() => this.#close(begun.value.store));
    return accept({});
  }

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteCustomKeyStore.html */
  async remove(context: RequestContext, command: OneStore): Promise<Result<object, KeyStoresRefusal>> {
    const call = mayManage(this.parts, context, 'DeleteCustomKeyStore');
    if (!call.ok) return call;
    const name = named(context, command.customKeyStoreId);
    if (!name.ok) return name;
    const removed = await this.parts.repository.remove(name.value, (store, keys) =>
      checkDeletion(store, keys, context.now),
    );
    this.parts.stores.forget(name.value.id);
    return removed.ok ? accept({}) : removed;
  }

  /** Resolves when nothing goes on any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #change(
    context: RequestContext,
    { customKeyStoreId }: OneStore,
    operation: string,
    decide: (store: CustomKeyStore) => Result<CustomKeyStore, KeyStoresRefusal>,
  ): Promise<Result<{ readonly store: CustomKeyStore; readonly changed: boolean }, KeyStoresRefusal>> {
    const call = mayManage(this.parts, context, operation);
    if (!call.ok) return call;
    const name = named(context, customKeyStoreId);
    if (!name.ok) return name;
    let changed = false;
    const updated = await this.parts.repository.update<KeyStoresRefusal>(name.value, (held) => {
      const decided = decide(held);
      changed = decided.ok && decided.value !== held;
      return decided;
    });
    this.parts.stores.forget(name.value.id);
    return updated.ok ? accept({ store: updated.value, changed }) : updated;
  }

  async #attempt(store: CustomKeyStore, call: StoreCall): Promise<void> {
    const { repository, stores } = this.parts;
    const { connection } = store;
    if (connection.state !== 'CONNECTING') return;
    const outcome = await this.#connected(store, call);
    await repository.update(store, (held) => accept(endConnecting(held, connection.since, outcome)));
    stores.forget(store.id);
  }

  /** A fault of ours leaves the store FAILED, so that somebody sees it. */
  async #connected(store: CustomKeyStore, call: StoreCall): Promise<Result<void, ConnectionErrorCode>> {
    const { stores, onFault } = this.parts;
    try {
      return await stores.backends[store.backing.type].connect(await stores.open(store), call);
    } catch (fault) {
      onFault(fault);
      return refuse('INTERNAL_ERROR');
    }
  }

  async #close(store: CustomKeyStore): Promise<void> {
    const { repository, stores } = this.parts;
    const { connection } = store;
    if (connection.state !== 'DISCONNECTING') return;
    await stores.backends[store.backing.type].release(store.id);
    await repository.update(store, (held) => accept(endDisconnecting(held, connection.since)));
    stores.forget(store.id);
  }

  #afterwards(work: () => Promise<void>): void {
    const running = work()
      .catch((fault: unknown) => this.parts.onFault(fault))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}
