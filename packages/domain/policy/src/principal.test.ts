import { anonymousCaller, callerFromArn, callerOfType } from './caller';
import { isPermittedPrincipal, parseAwsPrincipal, principalName } from './principal';

const account = '111122223333';

describe('an AWS principal', () => {
  it.each([
    ['*', { kind: 'anyone' }],
    [account, { kind: 'account', account }],
    [`arn:aws:iam::${account}:root`, { kind: 'account', account }],
    [`arn:aws-us-gov:iam::${account}:root`, { kind: 'account', account }],
    [`arn:aws:iam::${account}:user/adele`, { kind: 'user', account, name: 'adele', path: '/' }],
    [`arn:aws:iam::${account}:user/a/b/adele`, { kind: 'user', account, name: 'adele', path: '/a/b/' }],
    [`arn:aws:iam::${account}:role/builder`, { kind: 'role', account, name: 'builder', path: '/' }],
    [`arn:aws:iam::${account}:group/admins`, { kind: 'group', account, name: 'admins', path: '/' }],
    [
      `arn:aws:sts::${account}:assumed-role/builder/run`,
      { kind: 'assumed-role', account, role: 'builder', session: 'run' },
    ],
    [`arn:aws:sts::${account}:federated-user/bob`, { kind: 'federated-user', account, name: 'bob' }],
    ['AIDAIOSFODNN7EXAMPLE1', { kind: 'unique-id', id: 'AIDAIOSFODNN7EXAMPLE1' }],
  ])('is read from %s', (text, expected) => {
    expect(parseAwsPrincipal(text)).toEqual(expected);
  });

  it.each([
    '',
    'adele',
    `${account}4`,
    `arn:aws:iam::${account}:user/*`,
    `arn:aws:iam::${account}:user/a?e`,
    `arn:aws:iam::${account}:user//adele`,
    `arn:aws:iam::${account}:user/adele/`,
    `arn:aws:iam::${account}:user/te*m/adele`,
    `arn:aws:iam:eu-central-1:${account}:user/adele`,
    `arn:aws:sts::${account}:user/adele`,
    `arn:aws:iam::${account}:assumed-role/builder/run`,
    `arn:aws:sts::${account}:assumed-role/builder`,
    `arn:aws:sts::${account}:assumed-role/builder/run/more`,
    `arn:aws:sts::${account}:federated-user/bob/more`,
    `arn:aws:iam::${account}:user/adele\n`,
    `arn:aws:iam::${account}:user/аdele`,
    `arn:aws:iam::${account}:user/${'x'.repeat(129)}`,
  ])('is not read from %j', (text) => {
    expect(parseAwsPrincipal(text)).toBeUndefined();
  });

  it('is read in one pass, however long its path', () => {
    const start = performance.now();
    parseAwsPrincipal(`arn:aws:iam::${account}:user/${'a/'.repeat(20_000)}*`);
    expect(performance.now() - start).toBeLessThan(200);
  });

  it('has one name, whichever way an account is written', () => {
    expect(principalName('AWS', account)).toBe(principalName('AWS', `arn:aws:iam::${account}:root`));
    expect(principalName('Service', account)).not.toBe(principalName('AWS', account));
  });

  it('may stand in a policy unless it is a group or a pattern', () => {
    expect(isPermittedPrincipal('AWS', `arn:aws:iam::${account}:group/admins`)).toBe(false);
    expect(isPermittedPrincipal('AWS', 'AIDAIOSFODNN7EXAMPLE1')).toBe(true);
    expect(isPermittedPrincipal('Service', 'events')).toBe(false);
    expect(isPermittedPrincipal('Service', 'events.amazonaws.com')).toBe(true);
    expect(isPermittedPrincipal('Federated', 'accounts.*')).toBe(false);
    expect(isPermittedPrincipal('CanonicalUser', '')).toBe(false);
  });
});

describe('a caller', () => {
  it('in a role session is known by role and session', () => {
    expect(callerFromArn(`arn:aws:sts::${account}:assumed-role/builder/run`)).toEqual({
      names: [`AWS arn:aws:iam::${account}:role/builder`, `AWS arn:aws:sts::${account}:assumed-role/builder/run`],
      account: `account ${account}`,
    });
  });

  it('in a session of a role with a path is known by the role it was given', () => {
    const role = `arn:aws:iam::${account}:role/ci/builder`;
    expect(callerFromArn(`arn:aws:sts::${account}:assumed-role/builder/run`, role).names[0]).toBe(`AWS ${role}`);
  });

  it('that is the root user is its account', () => {
    const name = `account ${account}`;
    expect(callerFromArn(`arn:aws:iam::${account}:root`)).toEqual({ names: [name], account: name });
  });

  it('may be a service or nobody in particular', () => {
    expect(callerOfType('Service', 'events.amazonaws.com').names).toEqual(['Service events.amazonaws.com']);
    expect(anonymousCaller.names).toEqual([]);
  });

  it.each(['*', `arn:aws:iam::${account}:group/admins`, 'adele', 'AIDAIOSFODNN7EXAMPLE1'])(
    'is never made from %s',
    (text) => {
      expect(() => callerFromArn(text)).toThrow(TypeError);
    },
  );
});
