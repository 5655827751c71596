import { type Authoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import { openInMemory } from '@keywarden/in-memory';
import { accept, parseAliasName, refuse } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { arnOf, disabled } from '@keywarden/keys';
import { aKmsKey, elsewhere, home, numberedKeyId } from '@keywarden/keys/testing';
import type { KeyRequest } from './key-door';
import { keyServiceOn } from './testing/key-service-suite';

const key = aKmsKey();
const request = (given: string, changes: object = {}): KeyRequest<'kms:Encrypt'> => ({
  given,
  operation: 'Encrypt',
  action: 'kms:Encrypt',
  aliases: 'resolved',
  ...changes,
});

async function suite(authoriser?: Authoriser) {
  const service = keyServiceOn(openInMemory(), { authoriser });
  await service.given(key, aKmsKey({ ...elsewhere, id: numberedKeyId(7) }));
  for (const [tenancy, id] of [
    [home, key.id],
    [elsewhere, numberedKeyId(7)],
  ] as const) {
    const name = parseAliasName('alias/project')!;
    const alias = { ...tenancy, name, targetKeyId: id, createdAt: service.clock.now(), updatedAt: service.clock.now() };
    await service.aliases.create(tenancy, name, id, () => ({ ok: true, value: alias }));
  }
  return service;
}

describe('the door to a key', () => {
  it.each([key.id, arnOf(key), 'alias/project', 'arn:aws:kms:eu-central-1:111122223333:alias/project'])(
    'opens for %s',
    async (given) => {
      const { door, own } = await suite();
      expect(accepted(await door.open(own(), request(given))).key.id).toBe(key.id);
    },
  );

  it('tells the decision by which alias the key was named, and only then', async () => {
    const asked: (string | undefined)[] = [];
    const { door, own } = await suite({
      ...sameAccountAuthoriser,
      mayUse: (use) => {
        asked.push(use.facts.requestAlias);
        return sameAccountAuthoriser.mayUse(use);
      },
    });
    await door.open(own(), request('alias/project'));
    await door.open(own(), request(key.id));
    expect(asked).toEqual(['alias/project', undefined]);
  });

  it.each(['alias/project', 'arn:aws:kms:eu-central-1:111122223333:alias/project', 'alias/unknown'])(
    'takes no alias where only keys are allowed: %s',
    async (given) => {
      const { door, own } = await suite();
      const refusal = refused(await door.open(own(), request(given, { aliases: 'refused' })));
      expect(refusal).toEqual({ code: 'AliasNotSupported' });
    },
  );

  it('asks whether the key suits once the caller is allowed, and before the state of the key', async () => {
    const unsuited = () => refuse({ code: 'IncorrectKey' } as const);
    const off = await suite();
    await off.given({ ...key, id: numberedKeyId(8), state: disabled });
    const name = numberedKeyId(8);
    expect(refused(await off.door.open(off.own(), { ...request(name), suits: unsuited })).code).toBe('IncorrectKey');
    const { stranger } = off;
    const denied = await off.door.open(stranger(), { ...request(arnOf({ ...key, id: name })), suits: unsuited });
    expect(refused(denied).code).toBe('AccessDenied');
    const suited = await off.door.open(off.own(), { ...request(name), suits: accept });
    expect(refused(suited).code).toBe('KeyDisabled');
  });

  it('says of the own account what does not exist', async () => {
    const { door, own } = await suite();
    const missing = { ...key, id: numberedKeyId(9) };
    expect(refused(await door.open(own(), request(missing.id)))).toEqual({
      code: 'KeyNotFound',
      keyArn: arnOf(missing),
    });
    expect(refused(await door.open(own(), request('alias/unknown')))).toEqual({
      code: 'AliasNotFound',
      aliasArn: 'arn:aws:kms:eu-central-1:111122223333:alias/unknown',
    });
  });

  it('takes a bare id to mean the own account, also when another account has such a key', async () => {
    const { door, stranger } = await suite();
    const refusal = refused(await door.open(stranger(), request(key.id)));
    expect(refusal).toEqual({ code: 'KeyNotFound', keyArn: arnOf({ ...elsewhere, id: key.id }) });
  });

  it.each([
    ['key', arnOf(key), arnOf({ ...key, id: numberedKeyId(9) })],
    [
      'alias',
      'arn:aws:kms:eu-central-1:111122223333:alias/project',
      'arn:aws:kms:eu-central-1:111122223333:alias/unknown',
    ],
  ])('does not tell a %s of another account that exists from one that does not', async (_kind, existing, missing) => {
    const { door, stranger } = await suite();
    const answers = await Promise.all([existing, missing].map((given) => door.open(stranger(), request(given))));
    const [first, second] = answers.map((answer) => JSON.stringify(refused(answer)));
    expect(first!.replaceAll(existing, '#')).toBe(second!.replaceAll(missing, '#'));
    expect(refused(answers[0]!)).toMatchObject({ code: 'AccessDenied', resource: existing });
  });
});

describe('the order of refusals', () => {
  const deny: Authoriser = {
    ...sameAccountAuthoriser,
    mayUse: ({ action, key: { account } }) => ({
      ok: false,
      refusal: { code: 'AccessDenied', callerArn: 'x', action, resource: account, reason: 'NoIdentityPolicyAllows' },
    }),
  };

  it('is: form of the name, existence, permission, state', async () => {
    const off = aKmsKey({ id: numberedKeyId(2), state: disabled });
    const denying = await suite(deny);
    await denying.given(off);
    const code = async (service: typeof denying, given: string) =>
      refused(await service.door.open(service.own(), request(given))).code;
    expect(await code(denying, 'no key')).toBe('KeyReferenceMalformed');
    expect(await code(denying, arnOf(key).replace('eu-central-1', 'us-west-1'))).toBe('ArnOfAnotherRegion');
    expect(await code(denying, numberedKeyId(9))).toBe('KeyNotFound');
    expect(await code(denying, off.id)).toBe('AccessDenied');
    const allowing = await suite();
    await allowing.given(off);
    expect(await code(allowing, off.id)).toBe('KeyDisabled');
  });

  it('does not find a key whose deletion window has ended, although it is still stored', async () => {
    const { door, own, given, clock } = await suite();
    const gone = aKmsKey({ id: numberedKeyId(2), state: { kind: 'PendingDeletion', deletionDate: clock.now() } });
    await given(gone);
    expect(refused(await door.open(own(), request(gone.id)))).toEqual({ code: 'KeyNotFound', keyArn: arnOf(gone) });
  });
});

describe('findOwn', () => {
  it('finds a key of the own account in any state, and none of another', async () => {
    const { door, own, stranger } = await suite();
    expect(accepted(await door.findOwn(own(), key.id)).id).toBe(key.id);
    expect(refused(await door.findOwn(stranger(), arnOf(key)))).toMatchObject({ code: 'AccessDenied' });
    const missing = refused(await door.findOwn(stranger(), arnOf({ ...key, id: numberedKeyId(9) })));
    expect(missing).toMatchObject({ code: 'AccessDenied' });
  });
});
