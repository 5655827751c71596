import type * as keys from '@keywarden/keys';

export type Keys = typeof keys;
