export const nonce = (): number => Math.random();
