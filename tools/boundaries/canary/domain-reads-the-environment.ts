export const region = (): string | undefined => process.env['KEYWARDEN_REGIONS'];
