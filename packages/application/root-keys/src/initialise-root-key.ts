import type { OpenProvider, RootKeyMaker, RootKeyState, RootKeyStore } from '@keywarden/crypto';
import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { wrapFor } from './ceremony';
import type { AlreadyInitialised } from './refusals';
import { begun } from './register';

/** Makes the root key of an empty database and wraps it for one provider. Of many that try at once, one does. */
export async function initialiseRootKey(
  store: RootKeyStore,
  provider: OpenProvider,
  maker: RootKeyMaker,
  now: Instant,
): Promise<Result<RootKeyState, AlreadyInitialised>> {
  const root = maker.make();
  const { description } = provider;
  const first = {
    roots: [{ id: root.id, status: 'CURRENT', createdAt: now } as const],
    providers: [{ ...description, createdAt: now }],
    wrappings: [await wrapFor(root, description, provider, provider.admission)],
  };
  return store.change((state, counts) =>
    state.roots.length + state.providers.length + state.register.length + counts.size > 0
      ? refuse({ code: 'AlreadyInitialised' })
      : accept(begun(first, root, maker)),
  );
}
