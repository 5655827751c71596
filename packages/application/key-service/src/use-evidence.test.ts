import { type Grant } from '@keywarden/grants';
import { aGrant, numberedGrantId } from '@keywarden/grants/testing';
import { policyAuthoriser } from '@keywarden/authorization';
import { rootCaller } from '@keywarden/identity';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type KmsKey, arnOf } from '@keywarden/keys';
import { aKmsKey, elsewhere, home, numberedKeyId } from '@keywarden/keys/testing';
import { KeyDirectory } from './key-directory';
import { KeyDoor, type KeyRequest } from './key-door';
import { defaultKeyPolicy } from './key-policy-rules';
import { callerOf } from './testing/grant-suite';
import { operationSuite } from './testing/operation-suite';
import { StoredGrants, fakeGrantTokens } from './testing/stored-grants';
import { StoredEvidence } from './use-evidence';

const key = aKmsKey({ policy: defaultKeyPolicy(home.account, home.region) });
const adele = 'arn:aws:iam::111122223333:user/adele';
const eve = 'arn:aws:iam::444455556666:user/eve';
const to = (arn: string, changes: Partial<Grant> = {}): Grant =>
  aGrant({ grantee: { kind: 'principal', arn }, ...changes });
const request = (given: string, changes: object = {}): KeyRequest<'kms:Encrypt'> => ({
  given,
  operation: 'Encrypt',
  action: 'kms:Encrypt',
  aliases: 'resolved',
  ...changes,
});

/** A door with the real decision over keys, grants and aliases in memory, which counts how often grants are read. */
function suiteWith(keys: readonly KmsKey[], grants: readonly Grant[] = [], capacity = 100) {
  const { store, clock, context } = operationSuite(...keys);
  const stored = new StoredGrants(store);
  stored.rows = grants;
  const reads: string[] = [];
  const tokens = fakeGrantTokens();
  const ofGrantees = stored.ofGrantees;
  stored.ofGrantees = (name, grantees) => {
    reads.push(name.id);
    return ofGrantees(name, grantees);
  };
  const derived = { forget: () => undefined, clear: () => undefined };
  const directory = new KeyDirectory(store.keys, store.aliases, store.feed, derived, clock, {
    capacity: 100,
    maxAgeMs: 60_000,
  });
  const evidence = new StoredEvidence(stored, tokens, store.aliases, capacity);
  const door = new KeyDoor(directory, policyAuthoriser(), undefined, evidence);
  const as = (arn: string) => context({ caller: callerOf(arn) });
  return { store, stored, reads, tokens, directory, door, context, as };
}

describe('grants in a decision', () => {
  it('are not looked up for whom a policy allows, and never for operations that no grant allows', async () => {
    const { door, reads, context, as } = suiteWith([key]);
    accepted(await door.open(context(), request(key.id)));
    refused(await door.open(as(adele), request(key.id, { action: 'kms:DisableKey', operation: 'DisableKey' })));
    expect(reads).toEqual([]);
  });

  it('are read once for a caller and a key, and again when the key was announced as changed', async () => {
    const { door, reads, as, store, stored } = suiteWith([key], [to(adele)]);
    for (let turn = 0; turn < 3; turn += 1) accepted(await door.open(as(adele), request(key.id)));
    expect(reads).toHaveLength(1);
    stored.rows = [];
    store.announce({ kind: 'key', name: key });
    expect(refused(await door.open(as(adele), request(key.id)))).toMatchObject({ reason: 'NoIdentityPolicyAllows' });
    expect(reads).toHaveLength(2);
  });

  it('of one caller are nothing to another', async () => {
    const { door, as } = suiteWith([key], [to(adele)]);
    accepted(await door.open(as(adele), request(key.id)));
    refused(await door.open(as(adele.replace('adele', 'bob')), request(key.id)));
  });

  it('are held within bounds, and read again after they were dropped for others', async () => {
    const grants = Array.from({ length: 3 }, (_, index) => to(adele, { id: numberedGrantId(index) }));
    const { door, as, reads } = suiteWith([key], grants, 4);
    accepted(await door.open(as(adele), request(key.id)));
    refused(await door.open(as(eve.replace('4444', '4443')), request(arnOf(key))));
    accepted(await door.open(as(adele), request(key.id)));
    expect(reads).toHaveLength(3);
  });

  it('that cannot be read are a fault, and are asked for again next time', async () => {
    const { door, as, stored } = suiteWith([key], [to(adele)]);
    const { ofGrantees } = stored;
    stored.ofGrantees = () => Promise.reject(new Error('gone'));
    await expect(door.open(as(adele), request(key.id))).rejects.toThrow('gone');
    stored.ofGrantees = ofGrantees;
    accepted(await door.open(as(adele), request(key.id)));
  });
});

describe('a grant token', () => {
  it('makes its grant count although the node still holds the grants from before', async () => {
    const { door, as, stored, tokens } = suiteWith([key]);
    refused(await door.open(as(adele), request(key.id)));
    const grant = to(adele);
    stored.rows = [grant];
    const grantTokens = [await tokens.issue(grant)];
    refused(await door.open(as(adele), request(key.id)));
    expect(accepted(await door.open(as(adele), request(key.id, { grantTokens }))).grant).toBe(grant.id);
  });

  it('is no permission for anybody else, nor after its grant is gone', async () => {
    const grant = to(adele);
    const { door, as, stored, tokens, store } = suiteWith([key], [grant]);
    const grantTokens = [await tokens.issue(grant)];
    refused(await door.open(as(adele.replace('adele', 'bob')), request(key.id, { grantTokens })));
    stored.rows = [];
    store.announce({ kind: 'key', name: key });
    refused(await door.open(as(adele), request(key.id, { grantTokens })));
  });

  it('of another key, another account or a forger is of no use', async () => {
    const other = aKmsKey({ ...key, id: numberedKeyId(2) });
    const grant = to(adele, { key: { ...home, id: other.id } });
    const { door, as, tokens } = suiteWith([key, other], [grant]);
    const honest = await tokens.issue(grant);
    const renamed = honest.replace(other.id, key.id);
    const forged = (await tokens.issue({ ...grant, key: { ...elsewhere, id: key.id } })).replace(other.id, key.id);
    for (const token of [honest, renamed, forged]) {
      refused(await door.open(as(adele), request(key.id, { grantTokens: [token] })));
    }
    accepted(await door.open(as(adele), request(other.id, { grantTokens: [honest] })));
  });

  it('that is no token at all is refused', async () => {
    const { door, context } = suiteWith([key]);
    const refusal = refused(await door.open(context(), request(key.id, { grantTokens: ['no token'] })));
    expect(refusal).toEqual({ code: 'GrantTokenNotValid' });
  });
});

describe('aliases in a decision', () => {
  it('are read when a policy of the caller asks for them', async () => {
    const { door, as, store } = suiteWith([key]);
    const Condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/app' } };
    const Statement = { Effect: 'Allow', Action: 'kms:*', Resource: '*', Condition };
    const policies = { identity: [JSON.stringify({ Version: '2012-10-17', Statement })] };
    const caller = { ...as(adele), caller: { ...callerOf(adele), policies } };
    refused(await door.open(caller, request(key.id)));
    const name = 'alias/app' as never;
    const times = { createdAt: key.createdAt, updatedAt: key.createdAt };
    store.aliasRows.set('row', { ...home, name, targetKeyId: key.id, ...times });
    accepted(await door.open(caller, request(key.id)));
  });
});

describe('to a caller of another account', () => {
  const policyOf = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const allow = { Effect: 'Allow', Principal: { AWS: eve }, Action: 'kms:*', Resource: '*' };
  const deny = { ...allow, Effect: 'Deny' };
  const identity = (Effect: string) => policyOf({ Effect, Action: 'kms:*', Resource: '*' });
  const limited = {
    identity: [identity('Allow')],
    session: [policyOf({ ...allow, Principal: undefined, Action: 'kms:Sign' })],
  };
  const gone = { kind: 'PendingDeletion', deletionDate: aKmsKey().createdAt } as const;
  const existing: readonly [
    kind: string,
    key: Partial<KmsKey>,
    policies: object | undefined,
    grants?: readonly Grant[],
  ][] = [
    ['the key policy says nothing', {}, undefined],
    ['the key policy denies', { policy: policyOf(allow, deny) }, { identity: [identity('Allow')] }],
    ['the key policy allows and no identity policy does', { policy: policyOf(allow) }, { identity: [] }],
    [
      'the key policy allows and an identity policy denies',
      { policy: policyOf(allow) },
      { identity: [identity('Deny')] },
    ],
    ['the key policy allows and a session policy is silent', { policy: policyOf(allow) }, limited],
    [
      'the key policy allows and a boundary denies',
      { policy: policyOf(allow) },
      { identity: [identity('Allow')], boundary: identity('Deny') },
    ],
    ['the key policy cannot be read', { policy: '{' }, { identity: [identity('Allow')] }],
    ['a policy of the caller cannot be read', { policy: policyOf(allow) }, { identity: ['{'] }],
    ['a grant is for others', {}, undefined, [to(adele)]],
    ['the key is disabled', { state: { kind: 'Disabled' } }, undefined],
    [
      'the key is gone, though still stored',
      { policy: policyOf(allow), state: gone },
      { identity: [identity('Allow')] },
    ],
  ];

  it.each(existing.map(([kind, changes, policies, grants = []]) => [kind, changes, policies, grants] as const))(
    'a key that it may not use is one that does not exist: %s',
    async (_kind, changes, policies, grants) => {
      const there = aKmsKey({ ...key, ...changes });
      const missing = arnOf({ ...key, id: numberedKeyId(9) });
      const { door, context } = suiteWith([there], grants);
      const caller = { ...callerOf(eve), ...(policies !== undefined && { policies: policies as never }) };
      const asEve = context({ caller, now: there.createdAt });
      const [first, second] = await Promise.all(
        [arnOf(there), missing].map((given) => door.open(asEve, request(given))),
      );
      const texts = [JSON.stringify(refused(first!)), JSON.stringify(refused(second!))];
      expect(texts[0]!.replaceAll(arnOf(there), '#')).toBe(texts[1]!.replaceAll(missing, '#'));
      expect(refused(first!)).toMatchObject({
        code: 'AccessDenied',
        resource: arnOf(there),
        reason: 'NoResourcePolicyAllows',
      });
    },
  );

  it('the root user is no exception', async () => {
    const { door, context } = suiteWith([key]);
    const caller = rootCaller(elsewhere.account, 'AKIAI44QH8DHBEXAMPLE');
    const refusal = refused(await door.open(context({ caller }), request(arnOf(key))));
    expect(refusal).toMatchObject({ code: 'AccessDenied', reason: 'NoResourcePolicyAllows' });
  });
});
