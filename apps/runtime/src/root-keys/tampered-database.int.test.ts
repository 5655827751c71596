import { chmod, chown, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type HeldRootKey,
  type ProviderDescription,
  domainKeyBinding,
  parsePin,
  providerBinding,
  rootKeyBinding,
} from '@keywarden/crypto';
import { type AccountId, type Region, SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { PassphraseProvider, localRootKeys, sealTo, secretProviderWrapper } from '@keywarden/root-key-providers';
import { begun, removeProvider, rewrapRootKey, rotateRootKey } from '@keywarden/root-keys';
import { Metrics, silentLogger } from '@keywarden/telemetry';
import { openRootKeys } from './open-root-keys';
import { noPins, pinsOfCommand, pinsOfNode } from './root-key-pins';
import { DeploymentOnPostgres } from './testing/deployment-on-postgres';
import { watchRootKeys } from './watch-root-keys';

jest.setTimeout(60_000);

const [used, fresh] = ['111122223333', '444455556666'];
let deployment: DeploymentOnPostgres;
let recoveryId: string;
beforeEach(async () => {
  deployment = await DeploymentOnPostgres.start();
  await deployment.useDomainKey(await deployment.start(true), used);
  recoveryId = await deployment.addRecovery();
});
afterEach(() => deployment.stop());

const altered = /^root keys or providers in this database were changed by something else than a ceremony/;
const older = /^this database is older than the pin of its root keys/;
const sql: DeploymentOnPostgres['sql'] = (text, values) => deployment.sql(text, values);

/** Writes a root key of the attacker's own, wrapped for every provider as far as the database tells how. */
async function insertRootKey(
  root: HeldRootKey,
  status: string,
  how: (provider: ProviderDescription, boundTo: Uint8Array) => Promise<Uint8Array>,
): Promise<void> {
  const providers = await sql<ProviderDescription>('SELECT id, kind, parameters FROM root_key_providers');
  await sql('INSERT INTO root_keys (id, status, created_at) VALUES ($1, $2, 0)', [root.id, status]);
  for (const provider of providers) {
    const wrapped = await how(provider, rootKeyBinding(root.id, provider.id));
    const vouched = await root.wrap(SecretBytes.copyOf(new Uint8Array(32)), providerBinding(provider));
    await sql('INSERT INTO root_key_wrappings VALUES ($1, $2, $3, $4)', [
      root.id,
      provider.id,
      Buffer.from(wrapped),
      Buffer.from(vouched),
    ]);
  }
}

/** With the public key alone, which the database holds. */
const byPublicKey = (root: HeldRootKey) => (provider: ProviderDescription, boundTo: Uint8Array) =>
  root.wrappedBy(
    {
      wrap: (key, place) =>
        Promise.resolve(sealTo(Buffer.from(String(provider.parameters.publicKey), 'base64'), key, place)),
    },
    boundTo,
  );

const byGuess = (root: HeldRootKey) => (provider: ProviderDescription, boundTo: Uint8Array) =>
  root.wrappedBy(secretProviderWrapper(provider, SecretBytes.copyOf(new Uint8Array(32))), boundTo);

/** Plants a domain key that the attacker knows. */
async function plantDomainKey(root: HeldRootKey, account: string, version: number): Promise<void> {
  const place = { account: account as AccountId, region: 'eu-central-1' as Region };
  const wrapped = await root.wrap(SecretBytes.copyOf(new Uint8Array(32)), domainKeyBinding(place, version));
  const values = [account, place.region, version, root.id, Buffer.from(wrapped)];
  await sql(
    'INSERT INTO domain_keys (account_id, region, version, root_key_id, wrapped) VALUES ($1,$2,$3,$4,$5)',
    values,
  );
}

describe('who can write to the database, and has neither root key nor secret of a provider,', () => {
  it.each([
    ['its public key', byPublicKey],
    ['a guessed admission', byGuess],
  ])('cannot make their root key the current one, wrapped by %s', async (_by, how) => {
    const node = await deployment.start(false);
    const root = localRootKeys.make();
    await sql(`UPDATE root_keys SET status = 'RETIRING'`);
    await insertRootKey(root, 'CURRENT', how(root));
    await expect(deployment.start(false)).rejects.toThrow(altered);
    // With a register of their own it is in order by itself, and opens with nothing that a node has.
    await sql('DELETE FROM root_key_register');
    await expect(deployment.start(false)).rejects.toThrow(/no ceremony signed/);
    await signAs(root);
    await expect(deployment.start(false)).rejects.toThrow(/does not unwrap with file-/);
    await expect(deployment.useDomainKey(node, fresh)).rejects.toThrow(/not to be believed/);
  });

  it.each([byPublicKey, byGuess])('cannot plant domain keys under a root key beside the current one', async (how) => {
    const node = await deployment.start(false);
    const root = localRootKeys.make();
    await insertRootKey(root, 'RETIRING', how(root));
    await plantDomainKey(root, fresh, 1);
    await plantDomainKey(root, used, 2);
    await expect(deployment.useDomainKey(node, fresh)).rejects.toThrow(/not to be believed/);
    await expect(deployment.useDomainKey(node, used)).rejects.toThrow(/not to be believed/);
    await expect(deployment.start(false)).rejects.toThrow(altered);
    await sql('DELETE FROM root_key_wrappings WHERE root_key_id = $1', [root.id]);
    await sql('DELETE FROM root_keys WHERE id = $1', [root.id]);
    await expect(deployment.start(false)).rejects.toThrow(/domain keys of this database stand under root key/);
    await sql('DELETE FROM domain_keys WHERE root_key_id = $1', [root.id]);
    await deployment.useDomainKey(node, fresh);
    await deployment.useDomainKey(await deployment.start(true), fresh);
  });

  it('cannot have people asked for shares of their own set', async () => {
    await sql(`INSERT INTO root_key_providers VALUES ('shares-theirs', 'shares', '{"threshold":2,"shares":3}', 0)`);
    let asked = 0;
    const gather = () => {
      asked += 1;
      return Promise.resolve(undefined);
    };
    const settings = { provider: 'shares', unsealSocket: '/nowhere' } as const;
    await expect(openRootKeys(settings, deployment.store, { gather })).rejects.toThrow(altered);
    expect(asked).toBe(0);
  });

  it('cannot add a provider of their own for the next rotation', async () => {
    const ceremony = await deployment.ceremony();
    const read = () => Promise.resolve(SecretBytes.copyOf(Buffer.from('what an attacker knows')));
    const { description } = await new PassphraseProvider(read, { memoryKib: 8_192, passes: 1, lanes: 1 }).create();
    const { id, kind, parameters } = description;
    await sql('INSERT INTO root_key_providers VALUES ($1, $2, $3, 0)', [id, kind, JSON.stringify(parameters)]);
    await sql(
      'INSERT INTO root_key_wrappings SELECT root_key_id, $1, wrapped, vouched FROM root_key_wrappings LIMIT 1',
      [id],
    );
    expect(refused(await rotateRootKey(ceremony))).toMatchObject({ code: 'RootKeysUntrusted', problem: 'Altered' });
    expect(refused(await rewrapRootKey(ceremony))).toMatchObject({ code: 'RootKeysUntrusted', problem: 'Altered' });
    await expect(deployment.start(false)).rejects.toThrow(altered);
  });

  it('cannot sign for the root key that is there with a key of their own', async () => {
    const root = localRootKeys.make();
    const [current] = (await deployment.store.rootKeys.state()).roots;
    await sql(`UPDATE root_key_providers SET kind = 'shares' WHERE kind = 'passphrase'`);
    await sql('DELETE FROM root_key_register');
    await signAs(
      Object.assign(Object.create(root) as HeldRootKey, {
        id: current?.id,
        verificationKey: root.verificationKey,
        sign: (entry: Uint8Array) => root.sign(entry),
      }),
    );
    await expect(deployment.start(false)).rejects.toThrow(altered);
  });

  it('cannot put back a provider that was removed, as it was', async () => {
    const saved = await deployment.save();
    accepted(await removeProvider(await deployment.ceremony(), recoveryId));
    const node = await deployment.start(false);
    await deployment.putBack(saved, ['root_keys', 'root_key_providers', 'root_key_wrappings']);
    await expect(deployment.start(false)).rejects.toThrow(altered);
    expect(refused(await node.look())).toMatchObject({ problem: 'Altered', version: 3 });
  });

  it.each([
    [`UPDATE root_key_providers SET kind = 'shares' WHERE kind = 'passphrase'`],
    [`UPDATE root_key_providers SET parameters = '{"publicKey":"AAAA"}' WHERE kind = 'passphrase'`],
    [
      `DELETE FROM root_key_wrappings WHERE provider_id LIKE 'passphrase-%'; DELETE FROM root_key_providers WHERE kind = 'passphrase'`,
    ],
    [`UPDATE root_key_register SET members = sha256(members) WHERE version = 2`],
    [`UPDATE root_key_register SET verification_key = sha256(verification_key) WHERE version = 1`],
    [`DELETE FROM root_key_register WHERE version = 2`],
    [`DELETE FROM root_key_register WHERE version = 1`],
    [
      `INSERT INTO root_key_register SELECT 3, sha256(previous), root_key_id, verification_key, members, signature, endorsement FROM root_key_register WHERE version = 2`,
    ],
  ])('is noticed after %s', async (statement) => {
    const node = await deployment.start(false);
    await sql(statement);
    await expect(deployment.start(false)).rejects.toThrow(altered);
    expect(refused(await node.look())).toMatchObject({ code: 'RootKeysUntrusted' });
    await expect(deployment.useDomainKey(node, fresh)).rejects.toThrow(/not to be believed/);
  });
});

it('believes no signature that was changed, unless the entry was seen before', async () => {
  const node = await deployment.start(false);
  await sql(`UPDATE root_key_register SET signature = sha512(signature) WHERE version = 2`);
  await expect(deployment.start(false)).rejects.toThrow(altered);
  accepted(await node.look());
  await sql(`UPDATE root_key_register SET previous = sha256(previous) WHERE version = 2`);
  expect(refused(await node.look())).toMatchObject({ code: 'RootKeysUntrusted' });
});

describe('an older state of the whole database', () => {
  it('is noticed by whoever was there, and by the pin file of the machine, and by nobody else', async () => {
    const saved = await deployment.save();
    const node = await deployment.start(false);
    accepted(await removeProvider(await deployment.ceremony(), recoveryId));
    accepted(await node.look());
    await deployment.start(true);
    await deployment.putBack(saved);
    expect(refused(await node.look())).toMatchObject({ problem: 'RolledBack', version: 3 });
    await expect(deployment.useDomainKey(node, fresh)).rejects.toThrow(/RolledBack/);
    await expect(deployment.start(true)).rejects.toThrow(older);
    await deployment.start(false);
    // The operator, who restored it on purpose.
    await rm(deployment.pinFile);
    await deployment.start(true);
    expect(parsePin((await readFile(deployment.pinFile, 'utf8')).trim())?.version).toBe(2);
  });

  it('from before a rotation is noticed', async () => {
    const saved = await deployment.save();
    accepted(await rotateRootKey(await deployment.ceremony()));
    await deployment.start(true);
    await deployment.putBack(saved);
    await expect(deployment.start(true)).rejects.toThrow(older);
    // Its root keys alone do not open what stands under the newer one.
    await rm(deployment.pinFile);
    accepted(await rotateRootKey(await deployment.ceremony()));
    await deployment.putBack(saved, ['root_keys', 'root_key_providers', 'root_key_wrappings', 'root_key_register']);
    await expect(deployment.start(false)).rejects.toThrow(/domain keys of this database stand under root key root-/);
  });

  it('that is empty is noticed, and no new root key is made for it', async () => {
    await deployment.start(true);
    await deployment.putBack(new Map());
    await expect(deployment.start(true)).rejects.toThrow(older);
    expect((await deployment.store.rootKeys.state()).roots).toEqual([]);
    await deployment.start(false);
  });
});

describe('the pin file', () => {
  const pins = (text?: string) => pinsOfNode({ text, file: deployment.pinFile, fileNeeded: true }, silentLogger);

  it('is written when something newer was verified, and never for something older', async () => {
    const text = () => readFile(deployment.pinFile, 'utf8');
    accepted(await rewrapRootKey(await deployment.ceremony()));
    await deployment.start(true);
    expect(await text()).toMatch(/^3:[0-9a-f]{64}\n$/);
    const before = await text();
    await pins().saw({ version: 2, digest: new Uint8Array(32) });
    expect(await text()).toBe(before);
  });

  it('stays readable for the user of the service, whoever runs a command', async () => {
    await deployment.start(true);
    const asRoot = process.geteuid?.() === 0;
    if (asRoot) await chown(deployment.pinFile, 1_234, 2_345);
    const umask = process.umask(0o077);
    try {
      await pins().saw({ version: 9, digest: new Uint8Array(32) });
    } finally {
      process.umask(umask);
    }
    const { mode, uid, gid } = await stat(deployment.pinFile);
    expect([mode & 0o777, ...(asRoot ? [uid, gid] : [])]).toEqual([0o644, ...(asRoot ? [1_234, 2_345] : [])]);
  });

  it('stops the start when it is damaged, when others may write it, and when it names another entry', async () => {
    await deployment.start(true);
    const text = await readFile(deployment.pinFile, 'utf8');
    for (const damaged of ['', '2:abc\n', text.slice(0, -2), `0${text}`, text.toUpperCase()]) {
      await writeFile(deployment.pinFile, damaged);
      await expect(deployment.start(true)).rejects.toThrow(/root key pin .* is damaged/);
    }
    await writeFile(
      deployment.pinFile,
      text.replace(/[0-9a-f]\n$/, (last) => (last[0] === '0' ? '1\n' : '0\n')),
    );
    await expect(deployment.start(true)).rejects.toThrow(/are not those of the pin/);
    await writeFile(deployment.pinFile, text);
    await chmod(deployment.pinFile, 0o622);
    await expect(deployment.start(true)).rejects.toThrow(/may be written by others/);
  });

  it('is kept by commands where it is, and not made by them', async () => {
    const command = pinsOfCommand({ text: undefined, file: deployment.pinFile, fileNeeded: false });
    await rm(deployment.pinFile, { force: true });
    const { head } = await deployment.start(false);
    await command.saw(head);
    expect(await command.read()).toEqual([]);
    await pins().saw({ version: 1, digest: new Uint8Array(32) });
    await command.saw(head);
    expect(await command.read()).toEqual([{ version: 2, digest: head?.digest }]);
  });

  it('is done without where it cannot be written, unless it was asked for', async () => {
    const pin = { text: undefined, file: join(deployment.pinFile, 'no', 'folder'), fileNeeded: false };
    await deployment.start(true);
    const { head } = await deployment.start(false);
    await pinsOfNode(pin, silentLogger).saw(head);
    await expect(pinsOfNode({ ...pin, fileNeeded: true }, silentLogger).saw(head)).rejects.toThrow(/cannot be written/);
  });
});

describe('the watch of a process', () => {
  async function until(check: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 400; tries += 1) {
      if (await check()) return;
      await sleep(25);
    }
    throw new Error('it did not become so');
  }

  it('says that root keys are not to be believed, and when they are again', async () => {
    const metrics = new Metrics();
    const keyring = await deployment.start(false);
    const watch = watchRootKeys({ keyring, pins: noPins, metrics, logger: silentLogger }, 20);
    const gauge = async (line: string): Promise<boolean> => (await metrics.scrape()).text.includes(`\n${line}\n`);
    await until(() => gauge('keywarden_root_keys_believed 1'));
    const saved = await deployment.save();
    await sql(`UPDATE root_key_providers SET kind = 'shares' WHERE kind = 'passphrase'`);
    await until(() => gauge('keywarden_root_keys_believed 0'));
    await deployment.putBack(saved);
    await until(() => gauge('keywarden_root_keys_believed 1'));
    accepted(await rotateRootKey(await deployment.ceremony()));
    await until(() => gauge('keywarden_root_key_register_version 4'));
    await watch.stop();
  });

  it('ends when the provider was removed', async () => {
    const keyring = await deployment.start(false);
    const watch = watchRootKeys({ keyring, pins: noPins, metrics: new Metrics(), logger: silentLogger }, 20);
    const read = () => Promise.resolve(SecretBytes.copyOf(Buffer.from('what lies in the safe')));
    const recovery = new PassphraseProvider(read);
    const ceremony = { ...(await deployment.ceremony()), keyring: await deployment.openedBy(recovery) };
    accepted(await removeProvider(ceremony, keyring.provider.description.id));
    expect(await watch.removed).toBe(
      `the root key provider ${keyring.provider.description.id} of this process was removed`,
    );
    await expect(deployment.useDomainKey(keyring, used)).rejects.toThrow();
    await watch.stop();
  });
});

/** A register of one entry that the attacker's root key signs. */
async function signAs(root: HeldRootKey): Promise<void> {
  const state = await deployment.store.rootKeys.state();
  const [entry] = begun(state, root, localRootKeys).register;
  const { previous, verificationKey, members, signature, endorsement } = entry!;
  const bytes = [previous, verificationKey, members, signature, endorsement].map((each) => Buffer.from(each));
  const [first, key, ...rest] = bytes;
  await sql('INSERT INTO root_key_register VALUES (1, $1, $2, $3, $4, $5, $6)', [first, root.id, key, ...rest]);
}
