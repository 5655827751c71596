import { builtinModules } from 'node:module';
import nx from '@nx/eslint-plugin';
import { createProjectGraphAsync } from 'nx/src/devkit-exports.js';
import tseslint from 'typescript-eslint';

// The module-boundary rule reads the graph from nx's cache, and checks nothing when there is none (or an old one).
await createProjectGraphAsync({ exitOnError: true });

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
  dependOn('scope:aws-query', 'scope:aws-query', 'scope:aws-json', 'scope:kernel'),
  dependOn('scope:xks-protocol', 'scope:xks-protocol', 'scope:aws-json', 'scope:kernel'),
];

const boundaries = (constraints) => [
  'error',
  { allow: [], depConstraints: constraints, enforceBuildableLibDependency: false, banTransitiveDependencies: false },
];

const tests = ['**/*.test.ts', '**/testing/**/*.ts'];
const pure = ['packages/domain/**/*.ts', 'packages/application/**/*.ts'];
const ambient = [
  ...['Buffer', 'process', 'global', 'globalThis', 'performance', 'crypto', 'fetch', 'Temporal', 'require'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
];

const inversify = { name: 'inversify', message: 'Only module.ts files and apps compose (docs/decisions/0001).' };
const runtimeModules = builtinModules.map((name) => ({ name, message: 'Domain code does not know the runtime.' }));

const noExportAll = { selector: 'ExportAllDeclaration', message: 'List exported names one by one.' };
const noExpose = {
  selector: "CallExpression[callee.property.name='expose'], CallExpression[callee.property.value='expose']",
  message: 'Only crypto adapters and the wire encoder look into SecretBytes.',
};
const noAmbientTime = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take an Instant.' },
  { selector: "CallExpression[callee.name='Date']", message: 'Take an Instant.' },
  { selector: 'ImportExpression', message: 'Domain code loads nothing at run time.' },
];
const mayExpose = [
  'packages/adapters/node-crypto/**',
  'packages/adapters/root-key-providers/**',
  'packages/adapters/remote-kms/**',
  'packages/adapters/backup/**',
  'apps/cli/src/provider-arguments.ts',
  'packages/adapters/pkcs11/**',
  'packages/adapters/xks-client/**',
  'packages/domain/crypto/src/inner-blob.ts',
  'packages/adapters/nitro-attestation/**',
  'apps/api/src/credentials-file.ts',
  'apps/cli/src/secret-text.ts',
  'packages/protocol/aws-json/**',
  'packages/protocol/aws-query/**',
  'packages/protocol/sigv4/**',
  'packages/domain/kernel/**',
];

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
      '.clients/**',
      'tools/boundaries/canary/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    linterOptions: { noInlineConfig: true },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    // One program for all: a program a package takes many times the memory.
    languageOptions: { parserOptions: { project: ['./tsconfig.check.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(depConstraints),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', noExportAll],
      'no-restricted-imports': ['error', { paths: [inversify] }],
    },
  },
  {
    // Secrets are lent by expose(): only crypto adapters and the wire encoder may ask for the bytes.
    files: ['packages/**/*.ts', 'apps/**/*.ts'],
    ignores: [...tests, ...mayExpose],
    rules: { 'no-restricted-syntax': ['error', noExportAll, noExpose] },
  },
  {
    // Decisions are pure: time, randomness and the runtime reach the domain only as values and ports.
    files: pure,
    ignores: [...tests, '**/module.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [inversify, ...runtimeModules],
          patterns: [{ group: ['node:*'], message: 'Domain code does not know the runtime.' }],
        },
      ],
      'no-restricted-globals': ['error', ...ambient.map((name) => ({ name, message: 'Comes in through a port.' }))],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take an Instant.' },
        { object: 'Math', property: 'random', message: 'Take fresh bytes from the Randomness port.' },
      ],
      'no-restricted-syntax': ['error', noExportAll, noExpose, ...noAmbientTime],
    },
  },
  {
    files: ['packages/domain/kernel/**/*.ts', 'packages/domain/crypto/src/inner-blob.ts'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', noExportAll, ...noAmbientTime] },
  },
  {
    files: ['apps/**/*.ts', '**/module.ts'],
    rules: { 'no-restricted-imports': 'off' },
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
