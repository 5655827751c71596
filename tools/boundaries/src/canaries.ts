/** A file that must be rejected, the package it is put into for that, and the rule that must reject it. */
export interface Canary {
  /** Name in `canary/`, without its ending. */
  readonly file: string;
  readonly in: string;
  readonly rule: string;
  /** Part of what the rule says, where one rule has several reasons. */
  readonly says?: RegExp;
}

const boundaries = '@nx/enforce-module-boundaries';
const domain = 'packages/domain/keys';
const anAdapter = 'packages/adapters/postgres';

export const canaries: readonly Canary[] = [
  { file: 'domain-imports-adapter', in: domain, rule: boundaries, says: /layer:domain/ },
  { file: 'domain-imports-npm', in: domain, rule: boundaries, says: /"pg"/ },
  { file: 'domain-imports-runtime', in: domain, rule: 'no-restricted-imports' },
  { file: 'domain-imports-runtime-by-its-old-name', in: domain, rule: 'no-restricted-imports' },
  { file: 'domain-loads-at-run-time', in: domain, rule: 'no-restricted-syntax', says: /run time/ },
  { file: 'domain-reads-the-clock', in: domain, rule: 'no-restricted-properties' },
  { file: 'domain-reads-the-clock-by-new-date', in: domain, rule: 'no-restricted-syntax', says: /Instant/ },
  { file: 'domain-reads-the-clock-by-new-date', in: 'packages/domain/kernel', rule: 'no-restricted-syntax' },
  { file: 'domain-rolls-dice', in: domain, rule: 'no-restricted-properties' },
  { file: 'domain-rolls-dice', in: 'packages/application/key-service', rule: 'no-restricted-properties' },
  { file: 'domain-uses-buffer', in: domain, rule: 'no-restricted-globals' },
  { file: 'domain-reads-the-environment', in: domain, rule: 'no-restricted-globals' },
  { file: 'adapter-imports-adapter', in: anAdapter, rule: boundaries, says: /layer:adapter/ },
  { file: 'imports-across-packages-by-path', in: anAdapter, rule: boundaries, says: /relative/ },
  { file: 'kernel-imports-keys', in: 'packages/domain/kernel', rule: boundaries },
  { file: 'policy-imports-keys', in: 'packages/domain/policy', rule: boundaries, says: /scope:policy/ },
  { file: 'protocol-imports-adapter', in: 'packages/protocol/sigv4', rule: boundaries, says: /layer:protocol/ },
  {
    file: 'exposes-a-secret',
    in: 'packages/application/key-service',
    rule: 'no-restricted-syntax',
    says: /SecretBytes/,
  },
  { file: 'exposes-a-secret', in: domain, rule: 'no-restricted-syntax', says: /SecretBytes/ },
  { file: 'exposes-a-secret', in: anAdapter, rule: 'no-restricted-syntax', says: /SecretBytes/ },
  { file: 'exposes-a-secret-by-index', in: 'apps/api', rule: 'no-restricted-syntax', says: /SecretBytes/ },
  { file: 'exports-everything', in: 'packages/adapters/embedded-postgres', rule: 'no-restricted-syntax' },
  { file: 'composes-outside-module', in: anAdapter, rule: 'no-restricted-imports' },
  { file: 'forgets-a-promise', in: anAdapter, rule: '@typescript-eslint/no-floating-promises' },
  { file: 'silences-the-linter', in: domain, rule: 'no-restricted-properties' },
];

/** Where the control file must pass. */
export const controlPlaces: readonly string[] = [domain, anAdapter, 'packages/application/key-service', 'apps/api'];
