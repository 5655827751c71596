import { signingContract } from '@keywarden/crypto/testing';
import { NodeSigning } from './node-signing';
import { CryptoStack } from './testing/a-crypto-stack';

const stack = new CryptoStack();
afterAll(() => stack.slow.close());

signingContract(() =>
  Promise.resolve({
    signing: new NodeSigning(stack.access, stack.slow),
    makeKey: (spec) => stack.makeKey(spec),
  }),
);
