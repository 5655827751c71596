import { type Authoriser, type KmsAction, sameAccountAuthoriser } from '@keywarden/authorization';
import { openInMemory } from '@keywarden/in-memory';
import { refuse } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { arnOf, disabled } from '@keywarden/keys';
import { aKmsKey, elsewhere, numberedKeyId } from '@keywarden/keys/testing';
import { encodeMarker } from './marker';
import { keyServiceOn } from './testing/key-service-suite';

const key = aKmsKey({ id: numberedKeyId(1) });
const other = aKmsKey({ id: numberedKeyId(2), state: disabled });
const signing = aKmsKey({ id: numberedKeyId(3), spec: 'RSA_2048', usage: 'SIGN_VERIFY' });
const foreign = aKmsKey({ ...elsewhere, id: numberedKeyId(4) });
const aliasName = 'alias/project';
const aliasArn = 'arn:aws:kms:eu-central-1:111122223333:alias/project';

async function suite(authoriser?: Authoriser) {
  const service = keyServiceOn(openInMemory(), { authoriser });
  await service.given(key, other, signing, foreign);
  return {
    ...service,
    create: (name: string, targetKeyId: string = key.id) =>
      service.aliasing.createAlias(service.own(), { aliasName: name, targetKeyId }),
    update: (name: string, targetKeyId: string) =>
      service.aliasing.updateAlias(service.own(), { aliasName: name, targetKeyId }),
    remove: (name: string) => service.aliasing.deleteAlias(service.own(), { aliasName: name }),
    list: async (query = {}) => accepted(await service.listAliases.handle(service.own(), query)),
    named: async (name: string) =>
      accepted(await service.reads.describeKey(service.own(), { keyId: name })).keyMetadata.keyId,
  };
}

describe('an alias', () => {
  it('names a key until it is pointed elsewhere or deleted', async () => {
    const { create, update, remove, named, reads, own } = await suite();
    expect(await create(aliasName)).toEqual({ ok: true, value: undefined });
    expect(await named(aliasName)).toBe(key.id);
    expect(await update(aliasName, other.id)).toEqual({ ok: true, value: undefined });
    expect(await named(aliasName)).toBe(other.id);
    expect(await remove(aliasName)).toEqual({ ok: true, value: undefined });
    expect(refused(await reads.describeKey(own(), { keyId: aliasName }))).toEqual({ code: 'AliasNotFound', aliasArn });
  });

  it('exists once', async () => {
    const { create } = await suite();
    await create(aliasName);
    expect(refused(await create(aliasName))).toEqual({ code: 'AliasExists', aliasArn });
  });

  it('may have so many siblings and no more', async () => {
    const { create } = await suite();
    await create('alias/a');
    await create('alias/b');
    expect(refused(await create('alias/c'))).toEqual({ code: 'AliasQuotaReached', limit: 2, current: 2 });
  });

  it('cannot be changed or deleted when it is not there', async () => {
    const { update, remove } = await suite();
    expect(refused(await update(aliasName, other.id))).toEqual({ code: 'AliasNotFound', aliasArn });
    expect(refused(await remove(aliasName))).toEqual({ code: 'AliasNotFound', aliasArn });
  });

  it('cannot be pointed at a key of another usage', async () => {
    const { create, update } = await suite();
    await create(aliasName);
    expect(refused(await update(aliasName, signing.id))).toEqual({ code: 'AliasTargetsDiffer' });
  });

  it('may leave a key that waits for deletion, and be deleted with it', async () => {
    const { create, update, remove, lifecycle, own } = await suite();
    await create(aliasName);
    await create('alias/stays');
    await lifecycle.scheduleKeyDeletion(own(), { keyId: key.id });
    expect((await update(aliasName, other.id)).ok).toBe(true);
    expect(refused(await update(aliasName, key.id))).toMatchObject({ code: 'KeyInState', state: 'PendingDeletion' });
    expect((await remove('alias/stays')).ok).toBe(true);
  });

  it('of another account is out of reach', async () => {
    const { create, aliasing, stranger } = await suite();
    await create(aliasName);
    const refusal = { code: 'AliasNotFound', aliasArn: aliasArn.replace('111122223333', '444455556666') };
    expect(refused(await aliasing.deleteAlias(stranger(), { aliasName }))).toEqual(refusal);
    expect(refused(await aliasing.updateAlias(stranger(), { aliasName, targetKeyId: foreign.id }))).toEqual(refusal);
  });
});

describe.each(['create', 'update', 'remove'] as const)('the name given to %s', (operation) => {
  it.each([
    ['project', { code: 'AliasPrefixMissing' }],
    [aliasArn, { code: 'AliasPrefixMissing' }],
    ['alias/aws/s3', { code: 'AliasPrefixReserved' }],
    ['alias/a:b', { code: 'AliasNameNotValid', name: 'alias/a:b' }],
    ['alias/', { code: 'AliasNameNotValid', name: 'alias/' }],
  ])('is refused: %s', async (name, refusal) => {
    const service = await suite();
    expect(refused(await service[operation](name, key.id))).toEqual(refusal);
  });
});

describe('the target of an alias', () => {
  it.each([
    ['an alias', 'alias/other', { code: 'AliasTargetIsAlias' }],
    ['an alias ARN', 'arn:aws:kms:eu-central-1:111122223333:alias/other', { code: 'AliasTargetIsAlias' }],
    ['an unknown key', numberedKeyId(9), { code: 'KeyNotFound' }],
    ['a key of another account', arnOf(foreign), { code: 'AccessDenied' }],
    ['no key at all', 'key', { code: 'KeyReferenceMalformed' }],
  ])('is not %s', async (_what, target, refusal) => {
    const { create, list } = await suite();
    expect(refused(await create(aliasName, target))).toMatchObject(refusal);
    expect((await list()).aliases).toEqual([]);
  });

  it('is no key of another account, even where that account lets the caller use it', async () => {
    const open: Authoriser = {
      ...sameAccountAuthoriser,
      mayUse: (request) =>
        sameAccountAuthoriser.mayUse({ ...request, caller: { ...request.caller, account: request.key.account } }),
    };
    const { create } = await suite(open);
    expect(refused(await create(aliasName, arnOf(foreign)))).toMatchObject({ code: 'KeyReferenceMalformed' });
  });
});

it('an alias needs the permission on its own name as well as on its key', async () => {
  const asked: string[] = [];
  const { create, remove } = await suite({
    mayUse: (request) => {
      asked.push(`${request.action} ${arnOf(request.key)}`);
      return sameAccountAuthoriser.mayUse(request);
    },
    mayCall: (request) => {
      asked.push(`${request.action} ${request.resource}`);
      const { action, resource }: { action: KmsAction; resource: string } = request;
      if (action !== 'kms:DeleteAlias') return sameAccountAuthoriser.mayCall(request);
      return refuse({ code: 'AccessDenied', callerArn: 'x', action, resource, reason: 'NoIdentityPolicyAllows' });
    },
  });
  await create(aliasName);
  expect(refused(await remove(aliasName))).toMatchObject({ code: 'AccessDenied', resource: aliasArn });
  expect(asked).toEqual([
    `kms:CreateAlias ${aliasArn}`,
    `kms:CreateAlias ${arnOf(key)}`,
    `kms:DeleteAlias ${aliasArn}`,
  ]);
});

describe('ListAliases', () => {
  const listed = async () => {
    const service = await suite();
    for (const [name, target] of [
      ['alias/b', key.id],
      ['alias/a', key.id],
      ['alias/c', other.id],
    ] as const) {
      expect((await service.create(name, target)).ok).toBe(true);
    }
    return service;
  };

  it('lists all, or those of one key, with their dates', async () => {
    const { list, clock } = await listed();
    expect(await list({ keyId: other.id })).toEqual({
      aliases: [
        {
          aliasName: 'alias/c',
          aliasArn: 'arn:aws:kms:eu-central-1:111122223333:alias/c',
          targetKeyId: other.id,
          creationDate: clock.now(),
          lastUpdatedDate: clock.now(),
        },
      ],
      truncated: false,
    });
    expect((await list({ keyId: arnOf(key) })).aliases.map((entry) => entry.aliasName)).toEqual(['alias/a', 'alias/b']);
  });

  it('goes through all one at a time', async () => {
    const { list } = await listed();
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = await list({ limit: 1, marker });
      seen.push(...page.aliases.map((entry) => entry.aliasName));
      marker = page.nextMarker;
    } while (marker !== undefined);
    expect(seen).toEqual(['alias/a', 'alias/b', 'alias/c']);
  });

  it.each([
    ['of the whole list for one key', { keyId: key.id, marker: encodeMarker(['ListAliases'], 'alias/a') }],
    ['of another key', { keyId: key.id, marker: encodeMarker(['ListAliases', other.id], 'alias/a') }],
    ['that names no alias', { marker: encodeMarker(['ListAliases'], 'a') }],
    ['of another list', { marker: encodeMarker(['ListKeys'], 'alias/a') }],
  ])('refuses a marker %s', async (_what, query) => {
    const { listAliases, own } = await listed();
    expect(refused(await listAliases.handle(own(), query))).toEqual({ code: 'MarkerNotValid' });
  });

  it('says nothing of the keys of other accounts', async () => {
    const { listAliases, stranger } = await listed();
    for (const keyId of [arnOf(key), arnOf({ ...key, id: numberedKeyId(9) })]) {
      expect(refused(await listAliases.handle(stranger(), { keyId }))).toMatchObject({
        code: 'AccessDenied',
        resource: keyId,
      });
    }
    expect(accepted(await listAliases.handle(stranger(), {})).aliases).toEqual([]);
  });
});
