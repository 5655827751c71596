/** How long a node trusts what it holds without having heard of a change. */
export const cacheAgeMs = 300_000;
