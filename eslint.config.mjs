import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const dependOn = (sourceTag, ...onlyDependOnLibsWithTags) => ({ sourceTag, onlyDependOnLibsWithTags });

/** What each layer and scope may import; imports only go down, adapters never import each other. */
const depConstraints = [
  { ...dependOn('layer:domain', 'layer:domain'), bannedExternalImports: ['*'] },
  { ...dependOn('layer:application', 'layer:application', 'layer:domain'), bannedExternalImports: ['*'] },
  dependOn('layer:protocol', 'layer:protocol', 'layer:application', 'layer:domain'),
  dependOn('layer:adapter', 'layer:protocol', 'layer:application', 'layer:domain'),
  dependOn('layer:app', 'layer:app', 'layer:adapter', 'layer:protocol', 'layer:application', 'layer:domain'),
  dependOn('layer:tool', '*'),
  dependOn('scope:kernel', 'scope:kernel'),
  dependOn('scope:policy', 'scope:policy', 'scope:kernel'),
  dependOn('scope:sigv4', 'scope:sigv4', 'scope:kernel'),
  dependOn('scope:aws-json', 'scope:aws-json', 'scope:kernel'),
  dependOn('scope:aws-query', 'scope:aws-query', 'scope:kernel'),
];

const boundaries = (constraints) => [
  'error',
  { allow: [], depConstraints: constraints, enforceBuildableLibDependency: false, banTransitiveDependencies: false },
];

const tests = ['**/*.test.ts', '**/testing/**/*.ts'];
const inversify = { name: 'inversify', message: 'Only module.ts files and apps compose (docs/decisions/0001).' };
const ambient = ['Buffer', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto', 'fetch'];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/generated/**',
      '**/*.js',
      '**/*.mjs',
      '**/.results/**',
      '.nx/**',
      'tools/boundaries/canary/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(depConstraints),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'List exported names one by one.' },
      ],
      'no-restricted-imports': ['error', { paths: [inversify] }],
    },
  },
  {
    files: ['apps/**/*.ts', '**/module.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    // Decisions are pure: time, randomness and the runtime reach the domain only as values and ports.
    files: ['packages/domain/**/*.ts', 'packages/application/**/*.ts'],
    ignores: [...tests, '**/module.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [inversify], patterns: [{ group: ['node:*'], message: 'Domain code does not know the runtime.' }] },
      ],
      'no-restricted-globals': ['error', ...ambient.map((name) => ({ name, message: 'Comes in through a port.' }))],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take an Instant.' },
        { object: 'Math', property: 'random', message: 'Take fresh bytes from the Randomness port.' },
      ],
    },
  },
  {
    // Secrets are lent by expose(): only crypto adapters and the wire encoder may ask for the bytes.
    files: ['packages/**/*.ts', 'apps/**/*.ts'],
    ignores: [
      ...tests,
      'packages/adapters/node-crypto/**',
      'packages/adapters/root-key-file/**',
      'packages/protocol/aws-json/**',
      'packages/protocol/sigv4/**',
      'packages/domain/kernel/**',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'List exported names one by one.' },
        {
          selector: "CallExpression[callee.property.name='expose']",
          message: 'Only crypto adapters and the wire encoder look into SecretBytes.',
        },
      ],
    },
  },
  {
    // Tests may use test libraries and the testing entry of any package they check.
    files: tests,
    rules: {
      '@nx/enforce-module-boundaries': boundaries([{ sourceTag: '*', onlyDependOnLibsWithTags: ['*'] }]),
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
