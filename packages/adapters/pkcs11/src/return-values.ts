import type { TokenFault } from './token-protocol';

/** Return values of PKCS#11 2.40 that mean something to us; all others are failures of the token. */
const loginFaults: Readonly<Record<number, TokenFault>> = {
  0xa0: 'PinIncorrect',
  0xa1: 'PinIncorrect',
  0xa2: 'PinIncorrect',
  0xa3: 'PinIncorrect',
  0xa4: 'PinLocked',
  0x102: 'PinNotSet',
  0x104: 'AnotherUser',
};
export const userAlreadyLoggedIn = 0x100;
export const alreadyInitialised = 0x191;
/** What a token may say of an IV from outside when it makes its own. */
const parameterRefusals = new Set([0x07, 0x71]);
/** A handle that means nothing (any more). */
const badHandles = new Set([0x60, 0x82]);
/** What tokens say of a ciphertext that does not verify; some have no better word than a general failure. */
const refusals = new Set([0x05, 0x06, 0x40, 0x41, 0x35]);

export function rvOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number'
    ? error.code
    : -1;
}

export function loginFault(error: unknown): TokenFault {
  return loginFaults[rvOf(error)] ?? 'Failed';
}

export function isBadHandle(error: unknown): boolean {
  return badHandles.has(rvOf(error));
}

export function mayRefuseIv(error: unknown): boolean {
  return parameterRefusals.has(rvOf(error));
}

export function mayBeRefusal(error: unknown): boolean {
  return refusals.has(rvOf(error));
}
