/**
 * Jest runs every package's README: the first `ts` block becomes a test. Its imports stay on top, the rest is the body,
 * so an example that no longer works turns the package's tests red. A README without an example fails.
 */
const swc = require('@swc/jest');

const transformer = swc.createTransformer({
  jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2024' },
  module: { type: 'commonjs' },
});

function toTest(markdown) {
  const example = /```ts\n([\s\S]*?)```/.exec(markdown)?.[1];
  if (example === undefined)
    return `it('README has an example', () => { throw new Error('no ts block in README.md'); });`;
  const imports = /^import[\s\S]*?from '[^']+';$/gm;
  const body = example.replace(imports, '');
  return `${(example.match(imports) ?? []).join('\n')}\nit('the example of the README runs', async () => {\n${body}\n});\n`;
}

module.exports = {
  process: (source, path, options) => transformer.process(toTest(source), `${path}.ts`, options),
  getCacheKey: (source, path, options) => transformer.getCacheKey(toTest(source), `${path}.ts`, options),
};
