import { isPending } from './soon';

it('tells what is there from what comes later', () => {
  for (const value of [undefined, null, 0, 'then', { value: 1 }, []]) expect(isPending<unknown>(value)).toBe(false);
  expect(isPending(Promise.resolve(1))).toBe(true);
});
