import * as authorization from './index';

it('exports no way to make a proof without a decision', () => {
  expect(Object.keys(authorization)).not.toContain('authorisedUse');
  expect(Object.keys(authorization)).not.toContain('authorisedCall');
});
