import { kmsOperations } from '@keywarden/audit';
import { memberName } from '@keywarden/aws-json';
import { operationShapes } from './shapes/operation-shapes';

type Named = string | readonly [name: string, members: readonly unknown[]];
const nameOf = (member: Named): string => (typeof member === 'string' ? member : member[0]);

/** Members that the table may name although the shape does not have them: see the test that says why. */
const added: Readonly<Record<string, readonly string[]>> = { CreateGrant: ['keyId'] };

describe('the table of recorded operations', () => {
  it('knows every operation, and no others', () => {
    expect(Object.keys(kmsOperations).sort()).toEqual(Object.keys(operationShapes).sort());
  });

  it.each(Object.entries(operationShapes))('shows only members that %s has', (name, { input, output }) => {
    const { request, response } = kmsOperations[name as keyof typeof kmsOperations];
    const inputs = Object.keys(input.members).map(memberName);
    const outputs = [...Object.keys(output?.members ?? {}).map(memberName), ...(added[name] ?? [])];
    for (const member of request ?? []) expect(inputs).toContain(nameOf(member));
    for (const member of response ?? []) expect(outputs).toContain(nameOf(member));
  });
});
