import type { Tenancy } from '@keywarden/kernel';

/** How many of something an account may have in a Region now; asked at each use, since operators change it. */
export type ResourceLimit = (tenancy: Tenancy) => number;
