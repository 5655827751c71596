import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { rootKeyProviderContract } from '@keywarden/crypto/testing';
import { type Keywarden, freePort, harnessAccount, startKeywarden } from '@keywarden/harness';
import { SoftHsm } from '@keywarden/pkcs11/testing';
import { RemoteKmsProvider } from '@keywarden/remote-kms';
import { createTestDatabase } from '@keywarden/services';
import { Client } from 'pg';
import { killedAfter, runAtTerminal, runWithInput } from './testing/run-with-input';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-roots-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function clientOf({ endpoint, region, credentials }: Keywarden): KMSClient {
  return new KMSClient({ endpoint, region, credentials, maxAttempts: 2 });
}

/** A ciphertext of a new key, to be opened after whatever becomes of the root key. */
async function sealSomething(service: Keywarden): Promise<Uint8Array> {
  const client = clientOf(service);
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  const { CiphertextBlob } = await client.send(
    new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext: Buffer.from('the rain in Spain') }),
  );
  client.destroy();
  return CiphertextBlob ?? new Uint8Array();
}

async function openIt(service: Keywarden, blob: Uint8Array): Promise<string> {
  const client = clientOf(service);
  const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: blob }));
  client.destroy();
  return Buffer.from(Plaintext ?? []).toString();
}

async function succeeded(words: readonly string[], environment: Record<string, string>, lines: readonly string[] = []) {
  const { code, out, err } = await runWithInput([...words, '--json'], environment, lines);
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${err}`);
  return JSON.parse(out) as Record<string, unknown>;
}

async function until(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await check().catch(() => false)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('it did not become so');
}

describe('a passphrase', () => {
  it('opens the service, from a file that nobody else may read, and the wrong one does not', async () => {
    const dataDir = join(folder, 'data');
    const passphraseFile = join(folder, 'passphrase');
    await writeFile(passphraseFile, 'correct horse battery staple\n', { mode: 0o600 });
    const environment = {
      KEYWARDEN_ROOT_KEY_PROVIDER: 'passphrase',
      KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE: passphraseFile,
    };
    let service = await startKeywarden({ dataDir, environment });
    const blob = await sealSomething(service);
    await service.stop();
    service = await startKeywarden({ dataDir, environment });
    expect(await openIt(service, blob)).toBe('the rain in Spain');
    const { providers } = await succeeded(['root', 'status'], { KEYWARDEN_DATA_DIR: dataDir, ...environment });
    expect(providers).toMatchObject([{ kind: 'passphrase' }]);
    await service.stop();

    await writeFile(passphraseFile, 'correct horse battery stapler\n');
    await expect(startKeywarden({ dataDir, environment })).rejects.toThrow(
      `the passphrase in ${passphraseFile} does not open the root key of this database\n`,
    );
    await chmod(passphraseFile, 0o644);
    await expect(startKeywarden({ dataDir, environment })).rejects.toThrow(/has mode 0644; only its owner/);
  }, 180_000);
});

describe('a terminal', () => {
  it('shows nothing of a passphrase that is typed', async () => {
    const database = await createTestDatabase();
    const passphraseFile = join(folder, 'passphrase');
    await writeFile(passphraseFile, 'correct horse battery staple\n', { mode: 0o600 });
    const environment = {
      DATABASE_URL: database.url,
      KEYWARDEN_ROOT_KEY_PROVIDER: 'passphrase',
      KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE: passphraseFile,
    };
    const { rootKeyId } = await succeeded(['root', 'init'], environment);
    const { code, shown } = await runAtTerminal(['root', 'escrow-test', 'passphrase', '--json'], environment, [
      ['passphrase: ', 'correct horse battery staple'],
    ]);
    expect(code).toBe(0);
    expect(shown).toContain(`"${String(rootKeyId)}"`);
    expect(shown).not.toContain('horse');
    const wrong = await runAtTerminal(['root', 'escrow-test', 'passphrase'], environment, [
      ['passphrase: ', 'correct horse battery stapler'],
    ]);
    expect([wrong.code, wrong.shown]).toEqual([1, expect.stringContaining('this opens none of passphrase-')]);
    await database.drop();
  }, 120_000);
});

describe('shares', () => {
  it('are made by a ceremony; the service starts sealed, serves its health alone, and opens with enough of them', async () => {
    const database = await createTestDatabase();
    const dataDir = join(folder, 'data');
    const environment = {
      DATABASE_URL: database.url,
      KEYWARDEN_DATA_DIR: dataDir,
      KEYWARDEN_ROOT_KEY_PROVIDER: 'shares',
      KEYWARDEN_UNSEAL_SOCKET: join(folder, 'unseal.sock'),
    };
    const made = await succeeded(['root', 'init', '--shares', '3', '--threshold', '2'], environment);
    const shares = made.shares as string[];
    expect(await succeeded(['root', 'status'], environment)).toMatchObject({ pin: made.pin });
    expect(shares).toHaveLength(3);
    expect((await runWithInput(['root', 'init', '--shares', '3', '--threshold', '2'], environment)).err).toBe(
      'keywarden: this database has a root key already; nothing was changed\n',
    );

    const [port, metricsPort] = [await freePort(), await freePort()];
    const observed = { ...environment, KEYWARDEN_METRICS_PORT: String(metricsPort) };
    const starting = startKeywarden({ dataDir, port, environment: observed });
    starting.catch(() => undefined);
    const own = `http://127.0.0.1:${metricsPort}`;
    const gauges = async (): Promise<readonly string[]> =>
      (await (await fetch(`${own}/metrics`)).text())
        .split('\n')
        .filter((line) => /^keywarden_(sealed|unseal)/.test(line));
    const ready = `http://127.0.0.1:${port}/health/ready`;
    await until(async () => (await fetch(ready)).status === 503);
    expect(await (await fetch(ready)).json()).toEqual({ status: 'unavailable', reason: 'sealed' });
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
    const refused = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'x-amz-target': 'TrentService.ListKeys', 'content-type': 'application/x-amz-json-1.1' },
      body: '{}',
    });
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { __type: 'KMSInternalException', message: 'The key service is sealed.' },
    ]);

    await until(async () => (await runWithInput(['root', 'unseal', '--status'], environment)).code === 0);
    expect(await (await fetch(`${own}/health/ready`)).json()).toEqual({ status: 'unavailable', reason: 'sealed' });
    expect((await fetch(`${own}/health/live`)).status).toBe(200);
    const sealed = (given: number) => [
      'keywarden_sealed 1',
      `keywarden_unseal_shares_given ${given}`,
      'keywarden_unseal_shares_needed 2',
    ];
    expect(await gauges()).toEqual(sealed(0));
    expect(await succeeded(['root', 'unseal'], environment, [shares[2]!])).toMatchObject({ sealed: true, given: 1 });
    expect(await gauges()).toEqual(sealed(1));
    const mistyped = await runWithInput(['root', 'unseal'], environment, [`${shares[0]!.slice(0, -1)}?`]);
    expect([mistyped.code, mistyped.err]).toEqual([1, expect.stringContaining('typing error')]);
    expect(await succeeded(['root', 'unseal'], environment, [shares[0]!])).toEqual({ sealed: false });
    const service = await starting;
    expect(await gauges()).toEqual([
      'keywarden_sealed 0',
      'keywarden_unseal_shares_given 0',
      'keywarden_unseal_shares_needed 0',
    ]);
    expect((await fetch(`${own}/health/ready`)).status).toBe(200);
    const blob = await sealSomething(service);
    expect(await openIt(service, blob)).toBe('the rain in Spain');

    // The shares also open commands, and a rotation does not ask for more than they.
    const rotated = await succeeded(['root', 'rotate'], environment, [shares[1]!, shares[0]!]);
    expect(rotated.retired).toEqual([made.rootKeyId]);
    expect(await openIt(service, blob)).toBe('the rain in Spain');
    await service.stop();
    await database.drop();
  }, 240_000);
});

describe('a provider that was removed', () => {
  it('is forgotten by the node that runs with it, which ends, and by no other', async () => {
    const database = await createTestDatabase();
    const passphraseFile = join(folder, 'passphrase');
    await writeFile(passphraseFile, 'correct horse battery staple\n', { mode: 0o600 });
    const [byFile, byPassphrase] = [
      { DATABASE_URL: database.url, KEYWARDEN_DATA_DIR: join(folder, 'first') },
      {
        DATABASE_URL: database.url,
        KEYWARDEN_DATA_DIR: join(folder, 'second'),
        KEYWARDEN_ROOT_KEY_PROVIDER: 'passphrase',
        KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE: passphraseFile,
      },
    ];
    const node = (environment: Record<string, string>) =>
      startKeywarden({ app: 'api', dataDir: environment.KEYWARDEN_DATA_DIR!, environment });
    const first = await node(byFile);
    const blob = await sealSomething(first);
    await succeeded(['root', 'add-provider', 'passphrase', '--passphrase-file', passphraseFile], byFile);
    const second = await node(byPassphrase);
    expect(await openIt(second, blob)).toBe('the rain in Spain');
    const { providers } = (await succeeded(['root', 'status'], byFile)) as {
      providers: { id: string; kind: string }[];
    };
    const { id } = providers.find(({ kind }) => kind === 'file')!;
    await succeeded(['root', 'remove-provider', id], byPassphrase);
    await until(async () =>
      first.errors().includes(`keywarden: the root key provider ${id} of this process was removed\n`),
    );
    await until(() =>
      fetch(first.endpoint).then(
        () => false,
        () => true,
      ),
    );
    expect(await first.stop()).toBe(1);
    expect(await openIt(second, blob)).toBe('the rain in Spain');
    const rotated = await succeeded(['root', 'rotate'], byPassphrase);
    expect(await openIt(second, await sealSomething(second))).toBe('the rain in Spain');
    await expect(node(byFile)).rejects.toThrow(/not kept by a provider of the kind file/);

    // The pins of both machines went along with the ceremonies; what came before them is not taken for the present.
    const { pin } = rotated;
    expect(await succeeded(['root', 'status'], byPassphrase)).toMatchObject({ pin });
    await until(async () => (await readFile(join(folder, 'second/root-key.pin'), 'utf8')) === `${String(pin)}\n`);
    await second.stop();
    const settled = { ...byPassphrase, KEYWARDEN_ROOT_KEY_PIN: String(pin) };
    await (await node(settled)).stop();
    const ahead = { ...byPassphrase, KEYWARDEN_ROOT_KEY_PIN: `99:${'0'.repeat(64)}` };
    await expect(succeeded(['root', 'recover'], ahead)).rejects.toThrow(/older than the pin/);
    await expect(node(ahead)).rejects.toThrow(/this database is older than the pin of its root keys \(entry 99\)/);

    // Somebody puts a provider of their own there; the operator signs what is left without it.
    const intruder = new Client({ connectionString: database.url });
    await intruder.connect();
    await intruder.query(
      `INSERT INTO root_key_providers SELECT 'shares-theirs', 'shares', parameters, 0 FROM root_key_providers`,
    );
    await intruder.end();
    await expect(node(byPassphrase)).rejects.toThrow(/changed by something else than a ceremony/);
    await expect(succeeded(['root', 'rotate'], byPassphrase)).rejects.toThrow(
      /changed by something else than a ceremony/,
    );
    const recovered = await succeeded(['root', 'recover'], byPassphrase);
    expect(recovered).toMatchObject({ providerId: expect.stringMatching(/^passphrase-/) });
    expect(await readFile(join(folder, 'second/root-key.pin'), 'utf8')).toBe(`${String(recovered.pin)}\n`);
    const third = await node(settled);
    expect(await openIt(third, blob)).toBe('the rain in Spain');
    await third.stop();
    await database.drop();
  }, 300_000);
});

describe('another Keywarden', () => {
  const before = { ...process.env };
  let upstream: Keywarden;
  let keys: string[];
  beforeAll(async () => {
    upstream = await startKeywarden();
    process.env.AWS_ACCESS_KEY_ID = upstream.credentials.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = upstream.credentials.secretAccessKey;
    const client = clientOf(upstream);
    keys = [];
    for (let count = 0; count < 3; count += 1) {
      keys.push((await client.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '');
    }
    client.destroy();
  }, 120_000);
  afterAll(async () => {
    process.env = before;
    await upstream.stop();
  });
  const provider = (keyId: string) =>
    new RemoteKmsProvider({ keyId, region: upstream.region, endpoint: upstream.endpoint });

  let count = 0;
  rootKeyProviderContract({
    provider: () => Promise.resolve(provider(keys[(count += 1) % keys.length] ?? '')),
    wrapperFor: async ({ parameters }) => provider(String(parameters.keyArn)).create(),
  });

  it('unseals the service by itself, and the service says which key it cannot use when it is gone', async () => {
    const dataDir = join(folder, 'data');
    const environment = {
      KEYWARDEN_ROOT_KEY_PROVIDER: 'aws-kms',
      KEYWARDEN_ROOT_KEY_KMS_KEY_ID: keys[0]!,
      KEYWARDEN_ROOT_KEY_KMS_REGION: upstream.region,
      KEYWARDEN_ROOT_KEY_KMS_ENDPOINT: upstream.endpoint,
      AWS_ACCESS_KEY_ID: upstream.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: upstream.credentials.secretAccessKey,
    };
    let service = await startKeywarden({ dataDir, environment });
    const blob = await sealSomething(service);
    await service.stop();
    service = await startKeywarden({ dataDir, environment });
    expect(await openIt(service, blob)).toBe('the rain in Spain');
    await service.stop();
    const nowhere = { ...environment, KEYWARDEN_ROOT_KEY_KMS_ENDPOINT: 'http://127.0.0.1:1' };
    await expect(startKeywarden({ dataDir, environment: nowhere })).rejects.toThrow(
      /keywarden: http:\/\/127\.0\.0\.1:1 did not answer DescribeKey with key arn:[^\n]*\n$/,
    );
  }, 240_000);
});

describe('a token', () => {
  let hsm: SoftHsm;
  let token: Record<string, string>;
  const pin = 'what opens the token';
  beforeEach(async () => {
    hsm = new SoftHsm();
    hsm.addToken('keywarden', pin);
    const pinFile = join(folder, 'pin');
    await writeFile(pinFile, `${pin}\n`, { mode: 0o600 });
    token = {
      SOFTHSM2_CONF: hsm.configuration,
      KEYWARDEN_ROOT_KEY_PROVIDER: 'pkcs11',
      KEYWARDEN_ROOT_KEY_PKCS11_MODULE: hsm.module,
      KEYWARDEN_ROOT_KEY_PKCS11_TOKEN: 'keywarden',
      KEYWARDEN_ROOT_KEY_PKCS11_KEY: 'root',
      KEYWARDEN_ROOT_KEY_PKCS11_PIN_FILE: pinFile,
    };
  });
  afterEach(() => hsm.remove());

  it('takes over from a root key file, unseals the service by itself, is rotated under, and is left again', async () => {
    const dataDir = join(folder, 'data');
    const byFile = { KEYWARDEN_DATA_DIR: dataDir, SOFTHSM2_CONF: hsm.configuration };
    const byToken = { KEYWARDEN_DATA_DIR: dataDir, ...token };
    let service = await startKeywarden({ dataDir });
    const blob = await sealSomething(service);
    const which = ['--module', hsm.module, '--token', 'keywarden', '--key', 'root', '--pin-file', join(folder, 'pin')];
    const { providerId } = await succeeded(['root', 'add-provider', 'pkcs11', ...which], byFile);
    expect(await hsm.inspect(pin, 'root')).toMatchObject({ count: 1, sensitive: true, neverExtractable: true });
    expect(await succeeded(['root', 'escrow-test', 'pkcs11', ...which], byFile)).toMatchObject({ providerId });
    await service.stop();

    service = await startKeywarden({ dataDir, environment: token });
    expect(await openIt(service, blob)).toBe('the rain in Spain');
    const { providers } = (await succeeded(['root', 'status'], byToken)) as { providers: { id: string }[] };
    const file = providers.map(({ id }) => id).find((id) => id !== providerId)!;
    await succeeded(['root', 'remove-provider', file], byToken);
    const rotated = await succeeded(['root', 'rotate'], byToken);
    expect(rotated.retired).toHaveLength(1);
    expect(await openIt(service, blob)).toBe('the rain in Spain');
    await service.stop();
    service = await startKeywarden({ dataDir, environment: token });
    expect(await openIt(service, blob)).toBe('the rain in Spain');

    const passphraseFile = join(folder, 'passphrase');
    await writeFile(passphraseFile, 'correct horse battery staple\n', { mode: 0o600 });
    await succeeded(['root', 'add-provider', 'passphrase', '--passphrase-file', passphraseFile], byToken);
    const own = await runWithInput(['root', 'remove-provider', String(providerId)], byToken);
    expect([own.code, own.err]).toEqual([1, expect.stringContaining('is the provider of this command')]);
    await service.stop();
    const byPassphrase = {
      KEYWARDEN_ROOT_KEY_PROVIDER: 'passphrase',
      KEYWARDEN_ROOT_KEY_PASSPHRASE_FILE: passphraseFile,
    };
    service = await startKeywarden({ dataDir, environment: byPassphrase });
    await succeeded(['root', 'remove-provider', String(providerId)], { KEYWARDEN_DATA_DIR: dataDir, ...byPassphrase });
    expect(await openIt(service, blob)).toBe('the rain in Spain');
    await service.stop();
    await expect(startKeywarden({ dataDir, environment: token })).rejects.toThrow(
      /not kept by a provider of the kind pkcs11/,
    );
  }, 300_000);

  it('keeps the first root key when a ceremony made it, and is named in one line when it cannot be used', async () => {
    const database = await createTestDatabase();
    const dataDir = join(folder, 'data');
    const environment = { ...token, DATABASE_URL: database.url };
    await expect(startKeywarden({ dataDir, environment })).rejects.toThrow(
      'keywarden: this database has no root key yet; make one with keywarden root init\n',
    );
    await succeeded(['root', 'init'], environment);
    const service = await startKeywarden({ dataDir, environment });
    const blob = await sealSomething(service);
    expect(await openIt(service, blob)).toBe('the rain in Spain');
    await service.stop();

    const wrongPin = join(folder, 'wrong-pin');
    await writeFile(wrongPin, 'not the PIN\n', { mode: 0o600 });
    for (const [changes, line] of [
      [
        { KEYWARDEN_ROOT_KEY_PKCS11_PIN_FILE: wrongPin },
        'the token keywarden refuses the PIN, which is not tried again',
      ],
      [{ KEYWARDEN_ROOT_KEY_PKCS11_TOKEN: 'gone' }, `there is no token gone in ${hsm.module}`],
      [{ KEYWARDEN_ROOT_KEY_PKCS11_KEY: 'lost' }, 'there is no key named lost in the token keywarden'],
    ] as const) {
      const refused = startKeywarden({ dataDir, environment: { ...environment, ...changes } });
      await expect(refused).rejects.toThrow(`keywarden: ${line}\n`);
    }
    await database.drop();
  }, 240_000);
});

describe('the root key of a running service that began with a root key file', () => {
  it('gets a recovery passphrase, and is rotated with kills at random points, and nothing is lost', async () => {
    const kills = Number(process.env.KEYWARDEN_TEST_ROTATION_KILLS ?? 10);
    const dataDir = join(folder, 'data');
    const environment = { KEYWARDEN_DATA_DIR: dataDir };
    const regions = ['us-east-1', 'eu-central-1', 'eu-west-1', 'ap-south-1'];
    const service = await startKeywarden({ dataDir, environment: { KEYWARDEN_REGIONS: regions.join(',') } });
    const blobs: Uint8Array[] = [];
    for (const region of regions) {
      blobs.push(await sealSomething({ ...service, region }));
    }
    const passphraseFile = join(folder, 'recovery');
    await writeFile(passphraseFile, 'what lies in the safe\n', { mode: 0o600 });
    await succeeded(['root', 'add-provider', 'passphrase', '--passphrase-file', passphraseFile], environment);
    expect((await readFile(join(dataDir, 'root-key'), 'latin1')).startsWith('keywarden-root-key 1\n')).toBe(true);

    const began = performance.now();
    await succeeded(['root', 'rotate'], environment);
    const wholeMs = performance.now() - began;
    let killed = 0;
    for (let round = 0; killed < kills && round < 20 * kills; round += 1) {
      if (await killedAfter(['root', 'rotate'], environment, Math.random() * wholeMs)) killed += 1;
      const at = round % regions.length;
      expect(await openIt({ ...service, region: regions[at]! }, blobs[at]!)).toBe('the rain in Spain');
    }
    const done = await succeeded(['root', 'rotate'], environment);
    const { roots } = (await succeeded(['root', 'status'], environment)) as { roots: { domainKeys: number }[] };
    expect(roots).toEqual([{ id: done.rootKeyId, status: 'CURRENT', domainKeys: done.domainKeys }]);
    expect(done.domainKeys).toBeGreaterThanOrEqual(regions.length);
    expect(killed).toBe(kills);
    for (const [index, region] of regions.entries()) {
      expect(await openIt({ ...service, region }, blobs[index]!)).toBe('the rain in Spain');
    }
    const proven = await succeeded(
      ['root', 'escrow-test', 'passphrase', '--passphrase-file', passphraseFile],
      environment,
    );
    expect(proven).toMatchObject({ rootKeyIds: [done.rootKeyId] });
    await service.stop();

    const restarted = await startKeywarden({ dataDir });
    expect(await openIt(restarted, blobs[0]!)).toBe('the rain in Spain');
    expect(harnessAccount.accessKeyId).toBe(restarted.credentials.accessKeyId);
    await restarted.stop();
  }, 900_000);

  it('is told apart from another database’s in one line, and nothing is damaged', async () => {
    const [mine, theirs] = [join(folder, 'mine'), join(folder, 'theirs')];
    for (const dataDir of [mine, theirs]) {
      const service = await startKeywarden({ dataDir });
      await sealSomething(service);
      await service.stop();
    }
    const foreign = { KEYWARDEN_DATA_DIR: mine, KEYWARDEN_ROOT_KEY_FILE: join(theirs, 'root-key') };
    for (const words of [
      ['root', 'rotate'],
      ['root', 'rewrap'],
    ]) {
      expect(await runWithInput(words, foreign)).toEqual({
        code: 1,
        out: '',
        err: `keywarden: the root key in ${join(theirs, 'root-key')} is not the one of this database; put the right file there\n`,
      });
    }
    const service = await startKeywarden({ dataDir: mine });
    await service.stop();
  }, 240_000);
});
