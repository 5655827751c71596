import { operationNames, operationPage, tests } from './operation-table';

const shapes = `import { sign } from './signatures';
export const operationShapes = {
  Verify: verify,
  Sign: sign,
} as const;`;

describe('the page of operations', () => {
  it('finds the operations in the table of shapes', () => {
    expect(operationNames(shapes)).toEqual(['Sign', 'Verify']);
  });

  it('counts a test that sends the command of an operation', () => {
    const file = { path: 'apps/a/e2e/a.e2e.test.ts', text: 'await client.send(new SignCommand({}))' };
    expect(tests('Sign', file)).toBe(true);
    expect(tests('Verify', file)).toBe(false);
  });

  it('does not take an operation for another whose name begins alike', () => {
    const file = { path: 'apps/a/e2e/a.e2e.test.ts', text: 'new GenerateDataKeyPairCommand({})' };
    expect(tests('GenerateDataKey', file)).toBe(false);
    expect(tests('GenerateDataKeyPair', file)).toBe(true);
  });

  it('says of every operation whether it is carried out, and shows those without a test', () => {
    const page = operationPage(['Sign', 'Verify'], '    Sign: (context, command) => sign(context, command),', []);
    expect(page).toContain('| Sign | yes | – | – |');
    expect(page).toContain('| Verify | no | – | – |');
  });
});
