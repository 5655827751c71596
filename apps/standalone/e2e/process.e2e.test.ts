import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  type Keywarden,
  type KeywardenOptions,
  freePort,
  harnessAccount,
  readCredentialsFile,
  runKeywarden,
  startKeywarden,
} from '@keywarden/harness';
import { aKey } from './testing/a-key';

let folder: string;
let dataDir: string;
const alive: Keywarden[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-process-'));
  // The embedded database runs as a user of its own when the service is started by root.
  await chmod(folder, 0o755);
  dataDir = join(folder, 'data');
});

afterEach(async () => {
  for (const service of alive.splice(0)) await service.kill().catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

async function start(environment: Record<string, string> = {}, options: KeywardenOptions = {}): Promise<Keywarden> {
  const service = await startKeywarden({ dataDir, environment, ...options });
  alive.push(service);
  return service;
}

async function stop(service: Keywarden, signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null> {
  alive.splice(alive.indexOf(service), 1);
  return service.stop(signal);
}

async function use<T>(
  { endpoint, region, credentials }: Keywarden,
  work: (client: KMSClient) => Promise<T>,
): Promise<T> {
  const client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

const encrypt = (service: Keywarden) =>
  use(service, async (client) => {
    const { id } = await aKey(client);
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.from('kept') }));
    return CiphertextBlob;
  });
const decrypt = (service: Keywarden, CiphertextBlob: Uint8Array | undefined) =>
  use(service, async (client) => {
    const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob }));
    return Buffer.from(Plaintext ?? []).toString();
  });

/** Processes whose working folder or command line lies under the data folder: the database and all it started. */
async function processesOf(place: string): Promise<string[]> {
  const found: string[] = [];
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const cwd = await readlink(`/proc/${id}/cwd`).catch(() => '');
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    if (cwd.startsWith(place) || command.includes(place)) found.push(`${id} ${command.replaceAll('\0', ' ')}`);
  }
  return found;
}

/** A start that must fail: with one line for a person, on standard error alone. */
async function failingStart(environment: Record<string, string>): Promise<string> {
  const { code, output, errors } = await runKeywarden({
    KEYWARDEN_DATA_DIR: dataDir,
    KEYWARDEN_PORT: String(await freePort()),
    KEYWARDEN_BOOTSTRAP_ACCOUNT_ID: harnessAccount.account,
    KEYWARDEN_BOOTSTRAP_ACCESS_KEY_ID: harnessAccount.accessKeyId,
    KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY: harnessAccount.secretAccessKey,
    ...environment,
  });
  expect(errors).toMatch(/^keywarden: [^\n]+\n$/);
  expect(output).toBe(errors);
  expect(errors).not.toContain(harnessAccount.secretAccessKey);
  expect(code).toBe(1);
  expect(await processesOf(folder)).toEqual([]);
  return errors;
}

describe('a second start', () => {
  it('finds everything as it was left, and writes no new credentials', async () => {
    const first = await start({}, { makesCluster: true });
    const ciphertext = await encrypt(first);
    const files = ['credentials', 'root-key'].map((name) => join(dataDir, name));
    const contents = await Promise.all(files.map((file) => readFile(file)));
    const written = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
    expect(await stop(first)).toBe(0);

    const second = await start();
    expect(await decrypt(second, ciphertext)).toBe('kept');
    expect(await Promise.all(files.map((file) => readFile(file)))).toEqual(contents);
    expect(await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs))).toEqual(written);
    expect(await stop(second)).toBe(0);
  });
});

describe('a first start without bootstrap settings', () => {
  it('makes an account whose credentials lie in a file for its owner alone, and nowhere else', async () => {
    const unset = { KEYWARDEN_BOOTSTRAP_ACCOUNT_ID: undefined, KEYWARDEN_BOOTSTRAP_ACCESS_KEY_ID: undefined };
    const none = { ...unset, KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY: undefined };
    const service = await start(none as unknown as Record<string, string>, { makesCluster: true });
    const credentials = await readCredentialsFile(dataDir);
    expect(credentials.accessKeyId).toMatch(/^AKIA\w{16}$/);
    expect(credentials.secretAccessKey).toHaveLength(40);
    await use({ ...service, credentials }, (client) => aKey(client));

    for (const file of ['credentials', 'root-key']) {
      expect((await stat(join(dataDir, file))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(dataDir)).mode & 0o077).toBe(0);
    const rootKey = (await readFile(join(dataDir, 'root-key'), 'utf8')).trim();
    await stop(service);
    expect(service.output()).toContain(credentials.accessKeyId);
    expect(service.output()).not.toContain(credentials.secretAccessKey);
    for (const word of rootKey.split(/\s+/).filter((part) => part.length >= 32)) {
      expect(service.output()).not.toContain(word);
    }
  });
});

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s is clean and leaves no process', async (signal) => {
    const service = await start();
    expect((await processesOf(dataDir)).length).toBeGreaterThan(0);
    expect(await stop(service, signal)).toBe(0);
    expect(service.errors()).toBe('');
    expect(await processesOf(dataDir)).toEqual([]);
  });

  it('by SIGKILL loses nothing that was answered', async () => {
    const service = await start();
    const ciphertext = await encrypt(service);
    await service.kill();
    const again = await start();
    expect(await decrypt(again, ciphertext)).toBe('kept');
    expect(await stop(again)).toBe(0);
    expect(await processesOf(dataDir)).toEqual([]);
  });
});

describe('a start that cannot succeed says why in one line and breaks nothing', () => {
  it('when the port is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    try {
      const line = await failingStart({ KEYWARDEN_PORT: String(port) });
      expect(line).toContain(String(port));
    } finally {
      await new Promise((done) => other.close(done));
    }
    const service = await start({}, { port });
    await encrypt(service);
    expect(await stop(service)).toBe(0);
  });

  it('when the port of the metrics is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    try {
      const line = await failingStart({ KEYWARDEN_METRICS_PORT: String(port) });
      expect(line).toContain(`${port} for metrics`);
    } finally {
      await new Promise((done) => other.close(done));
    }
  });

  it('when the root key is missing, damaged or that of another database', async () => {
    const first = await start();
    const ciphertext = await encrypt(first);
    await stop(first);
    const rootKey = join(dataDir, 'root-key');
    const safe = join(folder, 'safe');
    await rename(rootKey, safe);

    expect(await failingStart({})).toMatch(/root key file .* is missing/);
    await expect(stat(rootKey)).rejects.toThrow();

    await writeFile(rootKey, 'not a root key\n', { mode: 0o600 });
    expect(await failingStart({})).toContain(rootKey);

    const other = await startKeywarden({ dataDir: join(folder, 'other') });
    await other.stop();
    const foreign = join(folder, 'other/root-key');
    expect(await failingStart({ KEYWARDEN_ROOT_KEY_FILE: foreign })).toContain(foreign);

    await rm(rootKey);
    await rename(safe, rootKey);
    const service = await start();
    expect(await decrypt(service, ciphertext)).toBe('kept');
    expect(await stop(service)).toBe(0);
  });

  it.each([
    ['below a file', () => join(folder, 'a-file/data')],
    ['in /proc', () => '/proc/nope/data'],
  ])('when the data folder lies %s', async (_, place) => {
    await writeFile(join(folder, 'a-file'), '');
    expect(await failingStart({ KEYWARDEN_DATA_DIR: place() })).toContain(place());
  });

  it.each([
    [{ KEYWARDEN_PORT: 'eighty' }, 'KEYWARDEN_PORT'],
    [{ KEYWARDEN_PORT: '65536' }, 'KEYWARDEN_PORT'],
    [{ KEYWARDEN_REGIONS: 'here' }, 'KEYWARDEN_REGIONS'],
    [{ KEYWARDEN_REGIONS: '' }, 'KEYWARDEN_REGIONS'],
    [{ KEYWARDEN_BOOTSTRAP_ACCOUNT_ID: '12' }, 'KEYWARDEN_BOOTSTRAP_ACCOUNT_ID'],
    [{ KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY: 'short' }, 'KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY'],
    [{ KEYWARDEN_LOG_LEVEL: 'chatty' }, 'KEYWARDEN_LOG_LEVEL'],
    [{ KEYWARDEN_PROT: '1' }, 'KEYWARDEN_PROT'],
    [{ KEYWARDEN_TLS_CERT_FILE: '/nowhere.pem' }, 'KEYWARDEN_TLS_KEY_FILE'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'postgres://keywarden:hunter2@127.0.0.1:1/none' }, 'database'],
    [{ KEYWARDEN_HOST: '203.0.113.7' }, '203.0.113.7'],
  ])('when a setting is wrong: %j', async (environment, named) => {
    const line = await failingStart(environment as unknown as Record<string, string>);
    expect(line).toContain(named);
    expect(line).not.toContain('hunter2');
    expect(line).not.toContain('short');
  });

  it('when the TLS files are missing or no pair', async () => {
    const certificate = join(__dirname, '../../../packages/adapters/http-server/testdata/test-only-cert.pem');
    const nowhere = join(folder, 'nowhere.pem');
    expect(await failingStart({ KEYWARDEN_TLS_CERT_FILE: certificate, KEYWARDEN_TLS_KEY_FILE: nowhere })).toContain(
      nowhere,
    );
    expect(await failingStart({ KEYWARDEN_TLS_CERT_FILE: certificate, KEYWARDEN_TLS_KEY_FILE: certificate })).toContain(
      'KEYWARDEN_TLS_KEY_FILE',
    );
  });

  it('when the service runs already on the same folder', async () => {
    const service = await start();
    const { code, errors } = await runKeywarden({
      KEYWARDEN_DATA_DIR: dataDir,
      KEYWARDEN_PORT: String(await freePort()),
    });
    expect(code).toBe(1);
    expect(errors).toMatch(/^keywarden: [^\n]+\n$/);
    await encrypt(service);
    expect(await stop(service)).toBe(0);
  });

  it('when a folder stands where the credentials should be written', async () => {
    await mkdir(join(dataDir, 'credentials/not-empty'), { recursive: true, mode: 0o700 });
    expect(await failingStart({})).toContain(join(dataDir, 'credentials'));
    await rm(join(dataDir, 'credentials'), { recursive: true });
    const service = await start();
    await encrypt(service);
    expect(await stop(service)).toBe(0);
  });
});

describe('TLS', () => {
  it('serves under the certificate and key that the settings name', async () => {
    const testdata = join(__dirname, '../../../packages/adapters/http-server/testdata');
    const certificate = join(testdata, 'test-only-cert.pem');
    const service = await start({
      KEYWARDEN_TLS_CERT_FILE: certificate,
      KEYWARDEN_TLS_KEY_FILE: join(testdata, 'test-only-key.pem'),
    });
    expect(service.endpoint).toMatch(/^https:/);
    const program = [
      "const { KMSClient, CreateKeyCommand } = require('@aws-sdk/client-kms');",
      'const [endpoint, accessKeyId, secretAccessKey] = process.argv.slice(1);',
      "const client = new KMSClient({ endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId, secretAccessKey } });",
      'client.send(new CreateKeyCommand({})).then((answer) => console.log(answer.KeyMetadata.KeyState));',
    ].join('\n');
    const { accessKeyId, secretAccessKey } = service.credentials;
    const { port } = new URL(service.endpoint);
    const run = (ca: string) =>
      promisify(execFile)(
        process.execPath,
        ['-e', program, `https://localhost:${port}`, accessKeyId, secretAccessKey],
        { cwd: __dirname, timeout: 20_000, env: { ...process.env, NODE_EXTRA_CA_CERTS: ca } },
      );
    expect((await run(certificate)).stdout).toBe('Enabled\n');
    await expect(run('')).rejects.toThrow();
    expect(await stop(service)).toBe(0);
  });
});
