import {
  CreateCustomKeyStoreHandler,
  DescribeCustomKeyStoresHandler,
  type KeyStoreParts,
  StoreConnectionHandlers,
  UpdateCustomKeyStoreHandler,
} from '@keywarden/key-stores';
import type { OperationHandlers } from './operations';

/** Pairs the operations on custom key stores with the use cases that carry them out. */
export function keyStoreHandlers(parts: KeyStoreParts): OperationHandlers {
  const create = new CreateCustomKeyStoreHandler(parts);
  const update = new UpdateCustomKeyStoreHandler(parts);
  const describe = new DescribeCustomKeyStoresHandler(parts);
  const connections = new StoreConnectionHandlers(parts);
  return {
    CreateCustomKeyStore: (context, command) => create.handle(context, command),
    UpdateCustomKeyStore: (context, command) => update.handle(context, command),
    DescribeCustomKeyStores: (context, command) => describe.handle(context, command),
    ConnectCustomKeyStore: (context, command) => connections.connect(context, command),
    DisconnectCustomKeyStore: (context, command) => connections.disconnect(context, command),
    DeleteCustomKeyStore: (context, command) => connections.remove(context, command),
  };
}
