import type { Member, Shape } from '@keywarden/aws-json';
import { iamShapes, stsShapes } from '../index';

const all = Object.entries({ ...iamShapes, ...stsShapes });

function* shapesIn(member: Member): Generator<Shape> {
  const shape = member.kind === 'required' ? member.shape : member;
  yield shape;
  if (shape.kind === 'structure') for (const inner of Object.values(shape.members)) yield* shapesIn(inner);
  if (shape.kind === 'list') yield* shapesIn(shape.member);
  if (shape.kind === 'map') yield* shapesIn(shape.value);
}

it('there are sixty-four actions of IAM and four of STS, none in both', () => {
  expect([Object.keys(iamShapes).length, Object.keys(stsShapes).length]).toEqual([64, 4]);
  expect(new Set(all.map(([name]) => name)).size).toBe(68);
});

it.each(all)('%s bounds every list of its input, and pages as IAM does', (name, { input }) => {
  const unbounded = [...shapesIn(input)].filter((shape) => shape.kind === 'list' && shape.max === undefined);
  // The model does not bound session policies; the number of parameters does, and the use case.
  expect(unbounded).toHaveLength(name.startsWith('AssumeRole') ? 1 : 0);
  if (name.startsWith('List')) expect(input.members).toMatchObject({ Marker: { max: 320 }, MaxItems: { max: 1000 } });
});

it.each(all)('%s shows no policy document but an encoded one', (_name, { output }) => {
  for (const shape of output === undefined ? [] : shapesIn(output)) {
    if (shape.kind !== 'structure') continue;
    for (const [member, held] of Object.entries(shape.members)) {
      if (!/Document$/.test(member)) continue;
      const inner = held.kind === 'required' ? held.shape : held;
      expect(Object.values(iamShapes.GetUserPolicy.output.members)).toContainEqual({ kind: 'required', shape: inner });
    }
  }
});
