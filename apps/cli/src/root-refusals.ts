import type { Result } from '@keywarden/kernel';
import type {
  AddRefusal,
  AlreadyInitialised,
  RecoverRefusal,
  RemoveRefusal,
  RotationRefusal,
} from '@keywarden/root-keys';
import { untrustedLine } from '@keywarden/runtime';
import { CommandRefused } from './command-refused';

type CeremonyRefusal = AddRefusal | AlreadyInitialised | RecoverRefusal | RemoveRefusal | RotationRefusal;

/** @throws CommandRefused with the refusal in words */
export function performed<T>(result: Result<T, CeremonyRefusal>): T {
  if (result.ok) return result.value;
  throw new CommandRefused(inWords(result.refusal));
}

function inWords(refusal: CeremonyRefusal): string {
  switch (refusal.code) {
    case 'AlreadyInitialised':
      return 'this database has a root key already; nothing was changed';
    case 'ChangedMeanwhile':
      return 'somebody else changed root keys or providers in the same moment; nothing was changed, try again';
    case 'DomainKeyUnusable':
      return `domain key ${refusal.version} of ${refusal.account} in ${refusal.region} does not open under root key ${refusal.rootKeyId}; it was left as it is`;
    case 'NoSuchProvider':
      return `this database knows no root key provider ${refusal.providerId}`;
    case 'ProviderExists':
      return `the root key is wrapped for ${refusal.providerId} already`;
    case 'ProviderInUse':
      return `${refusal.providerId} is the provider of this command; run it with another one, so that one is known to work`;
    case 'ProviderNotVouchedFor':
      return `nobody who held the root key added the provider ${refusal.providerId}; look at keywarden root status, and remove it`;
    case 'ProviderUnknown':
      return `the secret at hand opens no provider of the kind ${refusal.kind} that this database knows`;
    case 'RootKeyNotHeld':
      return `root key ${refusal.rootKeyId} never leaves its token, and cannot be wrapped for another provider; rotate first`;
    case 'RootKeysUntrusted':
      return untrustedLine(refusal);
    case 'RotationUnderWay':
      return 'a rotation stands half done; finish it with keywarden root rotate';
    case 'WrappingUnusable':
      return `root key ${refusal.rootKeyId} does not open with ${refusal.providerId}`;
  }
}
