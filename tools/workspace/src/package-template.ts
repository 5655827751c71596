/** Where a new package goes. */
export interface PackagePlace {
  /** `packages/domain`, `packages/adapters`, `apps`, `tools` … */
  readonly parent: string;
  /** Lower case with hyphens; the package is `@keywarden/<name>`. */
  readonly name: string;
}

const layers = new Map([
  ['packages/domain', 'layer:domain'],
  ['packages/application', 'layer:application'],
  ['packages/protocol', 'layer:protocol'],
  ['packages/adapters', 'layer:adapter'],
  ['apps', 'layer:app'],
  ['tools', 'layer:tool'],
]);

/**
 * The files a new package starts with: path relative to its folder → content. Its checks are green from the start.
 *
 * @throws Error when there is no such place, or the name is not one
 */
export function packageFiles({ parent, name }: PackagePlace): ReadonlyMap<string, string> {
  const layer = layers.get(parent);
  if (layer === undefined) throw new Error(`no such place: ${parent}; choose one of ${[...layers.keys()].join(', ')}`);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Error(`not a package name: ${name}; use lower case and hyphens`);
  const up = '../'.repeat(parent.split('/').length + 1);
  return new Map([
    ['package.json', manifest(name, layer)],
    ['tsconfig.json', checkingConfig(up, layer)],
    ['tsconfig.lib.json', buildConfig(up)],
    [
      'jest.config.js',
      `module.exports = { ...require('${up}jest.preset.js'), displayName: '${name}', rootDir: __dirname };\n`,
    ],
    ['README.md', readme(name)],
    ['src/index.ts', `export { purpose } from './purpose';\n`],
    [
      'src/purpose.ts',
      `/** What this package is for; replace this by its first idea. */\nexport const purpose = '${name}';\n`,
    ],
    ['src/purpose.test.ts', firstTest(name)],
  ]);
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function manifest(name: string, layer: string): string {
  return json({
    name: `@keywarden/${name}`,
    version: '0.1.0',
    private: true,
    license: 'Apache-2.0',
    type: 'commonjs',
    exports: {
      '.': { '@keywarden/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
    },
    dependencies: {},
    nx: { tags: [layer, `scope:${name}`], targets: { build: {}, typecheck: {}, lint: {}, test: {} } },
  });
}

function checkingConfig(up: string, layer: string): string {
  return json({
    extends: `${up}tsconfig.base.json`,
    compilerOptions: { noEmit: true, types: ['node', 'jest'] },
    include: ['src/**/*.ts', ...(layer === 'layer:app' ? ['e2e/**/*.ts'] : [])],
  });
}

function buildConfig(up: string): string {
  return json({
    extends: `${up}tsconfig.base.json`,
    compilerOptions: {
      composite: true,
      rootDir: 'src',
      outDir: 'dist',
      tsBuildInfoFile: 'dist/.tsbuildinfo',
      types: ['node', 'jest'],
    },
    include: ['src/**/*.ts'],
    exclude: ['src/**/*.test.ts'],
    references: [],
  });
}

function readme(name: string): string {
  return `# @keywarden/${name}

What it is, in one or two sentences.

\`\`\`ts
import { purpose } from '@keywarden/${name}';

expect(purpose).toBe('${name}');
\`\`\`

Not for: what somebody might take it for.
`;
}

function firstTest(name: string): string {
  return `import { purpose } from './purpose';

it('knows what it is for', () => {
  expect(purpose).toBe('${name}');
});
`;
}
