import { parsePolicy } from '@keywarden/policy';
import { policyFault } from './policy-errors';

/** What a client is told of an identity policy. */
function toldOf(text: string): string {
  const parsed = parsePolicy(text, { kind: 'identity', maxBytes: 500 });
  if (parsed.ok) throw new Error(`accepted: ${text}`);
  return policyFault({ code: 'Grammar', refusal: parsed.refusal });
}
const withStatement = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: statement });

describe('a policy that is malformed', () => {
  it.each([
    ['no JSON', 'nope', 'This policy contains invalid Json'],
    ['an unknown element', '{"a":1}', 'Syntax errors in policy. (UnknownElement)'],
    ['no action', withStatement({ Effect: 'Allow', Resource: '*' }), 'Missing required field Action'],
    ['an effect nobody knows', withStatement({ Effect: 'Maybe', Action: '*', Resource: '*' }), 'Invalid effect: Maybe'],
    [
      'a principal',
      withStatement({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }),
      'Policy document should not specify a principal.',
    ],
    ['too much text', ' '.repeat(501), 'The policy is longer than 500 bytes.'],
  ])('has %s', (_what, text, expected) => {
    expect(toldOf(text)).toBe(expected);
  });

  it('is told with the place of the mistake', () => {
    const text = withStatement({ Effect: 'Allow', Action: [], Resource: '*' });
    expect(toldOf(text)).toMatch(/^Syntax errors in policy\. \(\w+ at \/Statement.*\)$/);
  });
});
