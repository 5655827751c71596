import * as fc from 'fast-check';
import { comparingOperatorNames } from '../condition-operator';
import type { NaiveCaller, NaivePolicy, NaiveRequest, NaiveStatement } from './naive-evaluator';

/** Small vocabularies, so that statements and requests meet often, with traps among them. */
const account = '111122223333';
const arns = {
  user: `arn:aws:iam::${account}:user/adele`,
  role: `arn:aws:iam::${account}:role/builder`,
  session: `arn:aws:sts::${account}:assumed-role/builder/run`,
  other: 'arn:aws:iam::444455556666:user/adele',
};

const callers: readonly NaiveCaller[] = [
  { is: 'user', arn: arns.user, account },
  { is: 'user', arn: arns.other, account: '444455556666' },
  { is: 'session', arn: arns.session, role: arns.role, account },
  { is: 'root', account },
  { is: 'service', name: 'events.amazonaws.com' },
  { is: 'anonymous' },
];

const awsNames = ['*', account, `arn:aws:iam::${account}:root`, '444455556666', arns.user, arns.role, arns.session];
const actionPatterns = [
  'kms:Encrypt',
  'KMS:decrypt',
  'kms:*',
  '*',
  'kms:?ncrypt',
  'kms:Gen*Key',
  's3:Get*',
  'kms:*rypt',
];
const actions = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 's3:GetObject'];
const key = `arn:aws:kms:eu-central-1:${account}:key/`;
const resourcePatterns = [
  '*',
  `${key}*`,
  `${key}a?c`,
  `${key}abc`,
  `${key}\${aws:username}`,
  `${key}\${aws:PrincipalTag/Team, 'blue'}*`,
  `${key}\${*}`,
  'arn:aws:kms:*:*:key/abc',
  'arn:aws:kms:*:*:alias/*',
];
const resources = ['*', `${key}abc`, `${key}adele`, `${key}*`, `${key}blue-1`, 'arn:aws:kms:eu-central-1:9:alias/x'];

const texts = ['adele', 'Adele', 'a*', 'a?ele', '*', '?', '', 'blue', 'bl*e', '${aws:username}', '${*}', '${$}{x}'];
const textPatterns = [
  ...texts,
  "${aws:PrincipalTag/Team, 'blue'}",
  '${aws:username}*',
  'x${aws:TagKeys}',
  "${no:key, '*'}",
];
const numbers = ['0', '7', '7.0', '-7', '30', '30.5', '9007199254740993', '9007199254740992', '+7', '007'];
const dates = [
  '2020-01-01',
  '2020',
  '1577836800',
  '2020-01-01T00:00:00Z',
  '2020-01-01T01:00:00+01:00',
  '2020-06-01T12:00:00.500Z',
];
const booleans = ['true', 'false', 'True', 'FALSE'];
const binaries = ['', 'AAAA', 'AA==', 'AAE=', 'qrvM'];
const ipRanges = [
  '10.0.0.0/8',
  '10.1.2.3',
  '10.1.2.3/32',
  '0.0.0.0/0',
  '2001:db8::/32',
  '::/0',
  '::ffff:10.0.0.0/104',
  '10.1.2.3/9',
];
const addresses = [
  '10.1.2.3',
  '10.200.0.1',
  '192.0.2.1',
  '::ffff:10.1.2.3',
  '2001:db8::1',
  '2001:DB9::1',
  '::1',
  '::ffff:a01:203',
];
const arnPatterns = [
  arns.user,
  'arn:aws:iam::*:user/*',
  'arn:*:iam::111122223333:*',
  '*',
  'arn:aws:iam::*',
  'arn:aws:sts:*:assumed-role/*',
  'arn:aws:iam::${aws:PrincipalTag/Team}:user/${aws:username}',
];
const arnValues = [arns.user, arns.role, arns.session, 'arn:aws:s3:::b:c:d', 'adele'];
const junk = ['abc', '1e3', '2020-02-30', '10.0.0.256', 'A', 'arn:aws', '2020-01-01T00:00', ' 7', '::g', '10.0.0.0/33'];

interface Family {
  readonly keys: readonly string[];
  readonly policy: readonly string[];
  readonly request: readonly string[];
}

const families: ReadonlyMap<string, Family> = new Map([
  ['String', { keys: ['aws:username', 'aws:PrincipalTag/Team', 'aws:TagKeys'], policy: textPatterns, request: texts }],
  ['Numeric', { keys: ['kms:RotationPeriodInDays'], policy: numbers, request: numbers }],
  ['Date', { keys: ['aws:CurrentTime'], policy: dates, request: dates }],
  ['Bool', { keys: ['aws:SecureTransport'], policy: [...booleans, '${aws:username}'], request: booleans }],
  ['Binary', { keys: ['x:Binary'], policy: binaries, request: binaries }],
  ['Ip', { keys: ['aws:SourceIp'], policy: ipRanges, request: addresses }],
  ['Arn', { keys: ['aws:SourceArn'], policy: arnPatterns, request: arnValues }],
]);

function familyOf(operator: string): Family {
  const name = [...families.keys()].find((start) => operator.replace('Not', '').startsWith(start)) ?? 'String';
  return families.get(name)!;
}

const oneOrMore = (values: readonly string[], maxLength = 3) =>
  fc.oneof(fc.constantFrom(...values), fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength }));

/** The name with its letters in another case now and then: keys compare without case. */
const anyCase = (name: string) => fc.constantFrom(name, name, name.toUpperCase(), name.toLowerCase());

const comparing = fc
  .record({
    base: fc.constantFrom(...comparingOperatorNames, 'StringMatches', 'NumericLike'),
    prefix: fc.constantFrom('', '', '', 'ForAnyValue:', 'ForAllValues:', 'ForSome:'),
    suffix: fc.constantFrom('', '', 'IfExists'),
  })
  .filter(({ prefix, base }) => prefix !== 'ForSome:' || base === 'StringEquals')
  .chain(({ base, prefix, suffix }) => {
    const { keys, policy } = familyOf(base);
    const value = fc.oneof({ weight: 15, arbitrary: oneOrMore(policy) }, { weight: 1, arbitrary: oneOrMore(junk) });
    const keyName = fc.constantFrom(...keys).chain(anyCase);
    return fc.tuple(
      fc.constant(`${prefix}${base}${suffix}`),
      fc.dictionary(keyName, value, { minKeys: 1, maxKeys: 2 }),
    );
  });

const nullCheck = fc.tuple(
  fc.constantFrom('Null', 'Null', 'Null', 'NullIfExists'),
  fc.dictionary(fc.constantFrom('aws:username', 'aws:TagKeys'), oneOrMore(['true', 'false', 'False', 'no']), {
    minKeys: 1,
  }),
);

const condition = fc
  .array(fc.oneof({ weight: 8, arbitrary: comparing }, { weight: 1, arbitrary: nullCheck }), { maxLength: 2 })
  .map((entries) => Object.fromEntries(entries));

const principal = fc.oneof(
  fc.constant('*'),
  oneOrMore(awsNames.slice(1), 4).map((AWS) => ({ AWS })),
  oneOrMore(awsNames.slice(1), 5).map((AWS) => ({ AWS })),
  fc
    .tuple(oneOrMore(awsNames), oneOrMore(['*', 'events.amazonaws.com', 'sns.amazonaws.com']))
    .map(([AWS, Service]) => ({ AWS, Service })),
);

/** The element, mostly plain and sometimes negated. */
const element = (name: string, value: fc.Arbitrary<unknown>, negatedEvery = 6) =>
  fc.tuple(fc.nat(negatedEvery - 1), value).map(([dice, content]) => ({ [dice === 0 ? `Not${name}` : name]: content }));

export const aStatement: fc.Arbitrary<NaiveStatement> = fc
  .tuple(
    fc.constantFrom('Allow', 'Allow', 'Deny'),
    element('Principal', principal, 4),
    element('Action', oneOrMore(actionPatterns)),
    element('Resource', oneOrMore(resourcePatterns)),
    condition,
  )
  .map(([Effect, who, what, where, Condition]) => ({ Effect, ...who, ...what, ...where, Condition }));

/** A resource policy in JSON form; not serialised. */
export const aPolicy: fc.Arbitrary<NaivePolicy> = fc.record({
  Version: fc.constantFrom('2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17'),
  Statement: fc.array(aStatement, { minLength: 1, maxLength: 4 }),
});

const contextValues = ([name, values]: readonly [string, readonly string[]]) =>
  fc
    .oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 6, arbitrary: fc.constantFrom(...values).map((value) => [value]) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.constantFrom(...junk).map((value) => [value]) },
    )
    .map((list) => [name.toLowerCase(), list] as const);

const context = fc
  .tuple(...[...families.values()].flatMap(({ keys, request }) => keys.map((name) => contextValues([name, request]))))
  .map((entries) => Object.fromEntries(entries.filter(([, values]) => values.length > 0)));

export const aRequest: fc.Arbitrary<NaiveRequest> = fc.record({
  caller: fc.constantFrom(...callers),
  action: fc.constantFrom(...actions),
  resource: fc.constantFrom(...resources),
  context,
});
