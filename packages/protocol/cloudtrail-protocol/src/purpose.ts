/** What this package is for; replace this by its first idea. */
export const purpose = 'cloudtrail-protocol';
