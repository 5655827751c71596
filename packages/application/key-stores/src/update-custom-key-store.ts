import {
  type CustomKeyStore,
  type StoreChanges,
  checkUpdateCollisions,
  updateCustomKeyStore,
} from '@keywarden/custom-key-stores';
import { type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type RequestContext, storeSecretPlace } from '@keywarden/key-service';
import { type KeyStoreParts, callOf, mayManage, named } from './parts';
import type { KeyStoresRefusal } from './refusals';
import type { BackingMembers } from './store-parameters';

export interface UpdateCustomKeyStore extends Omit<BackingMembers, 'trustAnchorCertificate'> {
  readonly customKeyStoreId: string;
  readonly newCustomKeyStoreName?: string;
}

const operation = 'UpdateCustomKeyStore';

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateCustomKeyStore.html */
export class UpdateCustomKeyStoreHandler {
  constructor(private readonly parts: KeyStoreParts) {}

  async handle(context: RequestContext, command: UpdateCustomKeyStore): Promise<Result<object, KeyStoresRefusal>> {
    try {
      return await this.#update(context, command);
    } finally {
      command.xksProxyAuthenticationCredential?.rawSecretAccessKey[Symbol.dispose]();
    }
  }

  async #update(context: RequestContext, command: UpdateCustomKeyStore): Promise<Result<object, KeyStoresRefusal>> {
    const { repository, stores } = this.parts;
    const call = mayManage(this.parts, context, operation);
    if (!call.ok) return call;
    const name = named(context, command.customKeyStoreId);
    if (!name.ok) return name;
    const store = await repository.find(name.value);
    if (store === undefined) return refuse({ code: 'CustomKeyStoreNotFound', given: command.customKeyStoreId });
    const secret = newSecret(store, command);
    if (!secret.ok) return secret;
    const changes = await this.#changes(store, command, secret.value);
    const changed = updateCustomKeyStore(store, changes, context.now);
    if (!changed.ok) return changed;
    const checked = await this.#check(context, store, changed.value, secret.value);
    if (!checked.ok) return checked;
    const backend = stores.backends[store.backing.type];
    const updated = await repository.update<KeyStoresRefusal>(store, (held, existing) => {
      const decided = updateCustomKeyStore(held, changes, context.now);
      if (!decided.ok) return decided;
      const free = checkUpdateCollisions(decided.value, existing, (one, other) => backend.related(one, other));
      return free.ok ? decided : free;
    });
    stores.forget(store.id);
    return updated.ok ? accept({}) : updated;
  }

  /** Nobody outside needs to be asked about a name. */
  async #check(
    context: RequestContext,
    before: CustomKeyStore,
    after: CustomKeyStore,
    secret: SecretBytes | undefined,
  ): Promise<Result<void, KeyStoresRefusal>> {
    const { repository, stores } = this.parts;
    const backend = stores.backends[after.backing.type];
    const existing = await repository.list(after);
    const free = checkUpdateCollisions(after, existing, (one, other) => backend.related(one, other));
    if (!free.ok || (sameBacking(before, after) && secret === undefined)) return free;
    const use = secret === undefined ? await stores.open(after) : { store: after, secret };
    return backend.verify(use, callOf(context, operation), before);
  }

  async #changes(
    store: CustomKeyStore,
    command: UpdateCustomKeyStore,
    secret: SecretBytes | undefined,
  ): Promise<StoreChanges> {
    return {
      name: command.newCustomKeyStoreName,
      clusterId: command.cloudHsmClusterId,
      uriEndpoint: command.xksProxyUriEndpoint,
      uriPath: command.xksProxyUriPath,
      connectivity: command.xksProxyConnectivity,
      vpcEndpointServiceName: command.xksProxyVpcEndpointServiceName,
      vpcEndpointServiceOwner: command.xksProxyVpcEndpointServiceOwner,
      accessKeyId: command.xksProxyAuthenticationCredential?.accessKeyId,
      wrappedSecret: secret && (await this.parts.secrets.wrap(storeSecretPlace(store), secret)),
    };
  }
}

/** The secret that the type of the store has. */
function newSecret(
  { backing }: CustomKeyStore,
  { keyStorePassword, xksProxyAuthenticationCredential: credential }: UpdateCustomKeyStore,
): Result<SecretBytes | undefined, KeyStoresRefusal> {
  const inToken = backing.type === 'AWS_CLOUDHSM';
  if (inToken && credential !== undefined) {
    return refuse({ code: 'StoreParameterNotOfType', parameter: 'XksProxyAuthenticationCredential' });
  }
  if (!inToken && keyStorePassword !== undefined) {
    return refuse({ code: 'StoreParameterNotOfType', parameter: 'KeyStorePassword' });
  }
  return accept(inToken ? keyStorePassword : credential?.rawSecretAccessKey);
}

function sameBacking(before: CustomKeyStore, after: CustomKeyStore): boolean {
  return JSON.stringify(before.backing) === JSON.stringify(after.backing);
}
