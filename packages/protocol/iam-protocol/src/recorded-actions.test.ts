import { iamOperations, stsOperations } from '@keywarden/audit';
import { memberName } from '@keywarden/aws-json';
import { iamShapes, stsShapes } from './shapes/action-shapes';

type Named = string | readonly [name: string, members: readonly unknown[]];
const nameOf = (member: Named): string => (typeof member === 'string' ? member : member[0]);

describe.each([
  ['IAM', iamOperations, iamShapes],
  ['STS', stsOperations, stsShapes],
] as const)('the table of recorded actions of %s', (_service, table, shapes) => {
  it('knows every action, and no others', () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(shapes).sort());
  });

  it.each(Object.entries(shapes))('shows only members that %s has', (name, { input, output }) => {
    const { request, response } = table[name as keyof typeof table] as (typeof iamOperations)['CreateUser'];
    const inputs = Object.keys(input.members).map(memberName);
    const outputs = Object.keys(output?.members ?? {}).map(memberName);
    for (const member of request ?? []) expect(inputs).toContain(nameOf(member));
    for (const member of response ?? []) expect(outputs).toContain(nameOf(member));
  });
});
