// eslint-disable-next-line no-restricted-properties
export const now = (): number => Date.now();
