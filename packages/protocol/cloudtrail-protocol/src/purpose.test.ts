import { purpose } from './purpose';

it('knows what it is for', () => {
  expect(purpose).toBe('cloudtrail-protocol');
});
