import { packageFiles } from './package-template';

const manifestOf = (parent: string, name: string): { nx: { tags: string[] } } =>
  JSON.parse(packageFiles({ parent, name }).get('package.json')!) as { nx: { tags: string[] } };

it.each([
  ['packages/domain', 'layer:domain'],
  ['packages/application', 'layer:application'],
  ['packages/protocol', 'layer:protocol'],
  ['packages/adapters', 'layer:adapter'],
  ['apps', 'layer:app'],
  ['tools', 'layer:tool'],
])('tags a package in %s with %s and its own scope', (parent, layer) => {
  expect(manifestOf(parent, 'new-one').nx.tags).toEqual([layer, 'scope:new-one']);
});

it('points to the configuration at the root from any depth', () => {
  expect(packageFiles({ parent: 'tools', name: 'a' }).get('jest.config.js')).toContain("'../../jest.preset.js'");
  expect(packageFiles({ parent: 'packages/domain', name: 'a' }).get('tsconfig.json')).toContain(
    '"../../../tsconfig.base.json"',
  );
});

it.each(['constructor', 'packages', 'packages/domain/keys', '../elsewhere', ''])('refuses the place "%s"', (parent) => {
  expect(() => packageFiles({ parent, name: 'keys' })).toThrow(/no such place/);
});

it.each(['Keys', '../keys', 'keys_', '-keys', 'a/b', '', "x'"])('refuses the name "%s"', (name) => {
  expect(() => packageFiles({ parent: 'tools', name })).toThrow(/not a package name/);
});
