/** The files a new package starts with; `npm run new` writes them. */
export interface PackagePlace {
  /** `packages/domain`, `packages/adapters`, `apps`, `tools` … */
  readonly parent: string;
  readonly name: string;
}

const layers: Readonly<Record<string, string>> = {
  'packages/domain': 'layer:domain',
  'packages/application': 'layer:application',
  'packages/protocol': 'layer:protocol',
  'packages/adapters': 'layer:adapter',
  apps: 'layer:app',
  tools: 'layer:tool',
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const entry = (file: string): object => ({
  '@keywarden/source': `./src/${file}.ts`,
  types: `./dist/${file}.d.ts`,
  default: `./dist/${file}.js`,
});

/** Relative path (from the package's folder) → content. */
export function packageFiles({ parent, name }: PackagePlace): ReadonlyMap<string, string> {
  const layer = layers[parent];
  if (layer === undefined) throw new Error(`no such place: ${parent}; choose one of ${Object.keys(layers).join(', ')}`);
  const up = '../'.repeat(parent.split('/').length + 1);
  return new Map([
    [
      'package.json',
      json({
        name: `@keywarden/${name}`,
        version: '0.1.0',
        private: true,
        license: 'Apache-2.0',
        type: 'commonjs',
        exports: { '.': entry('index') },
        dependencies: {},
        nx: { tags: [layer, `scope:${name}`], targets: { build: {}, typecheck: {}, lint: {}, test: {} } },
      }),
    ],
    [
      'tsconfig.json',
      json({
        extends: `${up}tsconfig.base.json`,
        compilerOptions: { noEmit: true, types: ['node', 'jest'] },
        include: ['src/**/*.ts'],
      }),
    ],
    [
      'tsconfig.lib.json',
      json({
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
      }),
    ],
    [
      'jest.config.js',
      `module.exports = { ...require('${up}jest.preset.js'), displayName: '${name}', rootDir: __dirname };\n`,
    ],
    ['README.md', `# @keywarden/${name}\n\nWhat it is, one example, and what it is not for.\n`],
    ['src/index.ts', `export {};\n`],
  ]);
}
