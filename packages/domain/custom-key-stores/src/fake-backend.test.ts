import { SecretBytes } from '@keywarden/kernel';
import { FakeBackend, connectedStore, aCloudHsmStore, keyStoreBackendContract } from './testing';

keyStoreBackendContract(async () => ({
  backend: new FakeBackend(),
  use: { store: connectedStore(aCloudHsmStore(1)), secret: SecretBytes.copyOf(Buffer.from('password')) },
  externalIds: [],
  refusesCiphertexts: true,
}));
