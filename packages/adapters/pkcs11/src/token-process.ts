import { pkcs11Library } from './pkcs11-library';
import type { FromToken, TokenFault, ToToken, WorkOutcome } from './token-protocol';
import { TokenSession, TokenUnusable } from './token-session';

/**
 * The process that has a vendor's module loaded. It may crash or hang in there; the service goes on and starts another.
 * It ends with the service, however that ends.
 */
let session: TokenSession | undefined;

process.once('disconnect', () => process.exit(0));
process.on('message', (message: ToToken) => {
  const answer: FromToken = message.kind === 'open' ? open(message) : work(message);
  process.send?.(answer);
});

function open({ place, pin, ivField }: Extract<ToToken, { kind: 'open' }>): FromToken {
  const library = pkcs11Library();
  if (library === undefined) return { kind: 'opened', fault: 'LibraryMissing' };
  try {
    session = TokenSession.open(library, place, pin, ivField);
    return { kind: 'opened' };
  } catch (error) {
    const fault: TokenFault = error instanceof TokenUnusable ? error.fault : 'Failed';
    return { kind: 'opened', fault };
  } finally {
    pin?.fill(0);
  }
}

function work({ works }: Extract<ToToken, { kind: 'work' }>): FromToken {
  const outcomes = works.map(({ id, work: one }) => {
    const outcome: WorkOutcome = session?.do(one) ?? { ok: false, fault: 'lost' };
    if (one.kind === 'encrypt') one.data.fill(0);
    return { id, outcome };
  });
  return { kind: 'done', outcomes };
}
