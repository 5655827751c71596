import { createCipheriv } from 'node:crypto';
import type { IvFields, StoreInUse } from '@keywarden/custom-key-stores';
import {
  aCall,
  aCloudHsmStore,
  aStoreKey,
  connectedStore,
  keyStoreBackendContract,
  numberedClusterId,
} from '@keywarden/custom-key-stores/testing';
import { SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { HsmBackend, type TokenCluster } from './index';
import { SoftHsm } from './testing';

const pin = 'password of the kmsuser';
const clusterId = numberedClusterId(1);
const bound = Buffer.from('bound to this');
const secretOf = (text: string): SecretBytes => SecretBytes.copyOf(Buffer.from(text));
const data = secretOf('hello');

// Every token process is one of Node that compiles its sources first, on machines that have other work too.
jest.setTimeout(120_000);

let hsm: SoftHsm;
let before: string | undefined;
const backends: HsmBackend[] = [];
/** Those that were reserved, in hexadecimal; the next ones asked for are refused that often. */
const reserved: string[] = [];
let refusals = 0;
const ivFields: IvFields = {
  reserve: async (field) => {
    if (refusals > 0) {
      refusals -= 1;
      return false;
    }
    reserved.push(Buffer.from(field).toString('hex'));
    return true;
  },
};

beforeAll(() => {
  hsm = new SoftHsm();
  hsm.addToken('keywarden', pin);
  before = process.env.SOFTHSM2_CONF;
  process.env.SOFTHSM2_CONF = hsm.configuration;
});
afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.close();
});
afterAll(() => {
  if (before === undefined) delete process.env.SOFTHSM2_CONF;
  else process.env.SOFTHSM2_CONF = before;
  hsm.remove();
});

const aCluster = (changes: Partial<TokenCluster> = {}): TokenCluster => ({
  module: hsm.module,
  token: 'keywarden',
  trustAnchor: 'anchor 1',
  sessions: 1,
  ...changes,
});

function aBackend(clusters: Readonly<Record<string, TokenCluster>> = { [clusterId]: aCluster() }): HsmBackend {
  const backend = new HsmBackend({
    ivFields,
    clusters: new Map(Object.entries(clusters)),
    host: { workTimeoutMs: 30_000, openTimeoutMs: 60_000 },
  });
  backends.push(backend);
  return backend;
}

const use = (password = pin, changes = {}): StoreInUse => {
  const wrappedSecret = Uint8Array.from(Buffer.from(password));
  return { store: connectedStore(aCloudHsmStore(1, { wrappedSecret, ...changes })), secret: secretOf(password) };
};

describe('the IVs of a token', () => {
  const halves = async (backend: HsmBackend, key = aStoreKey(20)): Promise<readonly [string, number]> => {
    const { iv } = accepted(await backend.encrypt(use(), key, data, bound));
    return [Buffer.from(iv.subarray(0, 8)).toString('hex'), Buffer.from(iv).readUInt32BE(8)];
  };

  it('begin with a field that was reserved for the process, count up over all keys, and go on with another field', async () => {
    const backend = aBackend();
    const keys = [aStoreKey(20), aStoreKey(21)];
    for (const key of keys) accepted(await backend.createKey(use(), key));
    const ivs = [await halves(backend), await halves(backend, keys[1]), await halves(backend)];
    const field = reserved.at(-1);
    expect(ivs).toEqual([
      [field, 0],
      [field, 1],
      [field, 2],
    ]);
    for (const pid of await backend.pids(use().store.id)) process.kill(pid, 'SIGKILL');
    const [other, count] = await halves(backend);
    expect([other === reserved.at(-1), other === field, count]).toEqual([true, false, 0]);
  });

  it('never begin with a field that is somebody’s: another is drawn, and without one nothing is encrypted', async () => {
    const before = reserved.length;
    refusals = 2;
    const lucky = aBackend();
    accepted(await lucky.createKey(use(), aStoreKey(20)));
    expect([reserved.length, (await halves(lucky))[0]]).toEqual([before + 1, reserved.at(-1)]);
    refusals = Infinity;
    const outcome = await aBackend().encrypt(use(), aStoreKey(20), data, bound);
    refusals = 0;
    expect(refused(outcome)).toEqual({ code: 'KeyStoreFailed', cause: 'TokenUnavailable' });
  });
});

describe('a token', () => {
  let backend: HsmBackend;
  afterAll(() => backend.close());
  keyStoreBackendContract(async () => {
    backend = new HsmBackend({
      ivFields,
      clusters: new Map([[clusterId, aCluster({ sessions: 2 })]]),
      host: { workTimeoutMs: 30_000, openTimeoutMs: 60_000 },
    });
    return { backend, use: use(), externalIds: [], refusesCiphertexts: true };
  });

  it('makes keys that never leave it, under the id of their KMS key', async () => {
    const own = aBackend();
    const key = aStoreKey(10);
    accepted(await own.createKey(use(), key));
    expect(await hsm.inspect(pin, key.keyId)).toEqual({
      count: 1,
      label: key.keyId,
      sensitive: true,
      alwaysSensitive: true,
      neverExtractable: true,
      extractable: false,
      wrap: false,
      derive: false,
      valueReadable: false,
    });
  });

  it('opens what AES-GCM of node:crypto sealed under the same key, so that ciphertexts outlive this code', async () => {
    const own = aBackend();
    const key = aStoreKey(11);
    const material = Buffer.alloc(32, 5);
    await hsm.importKey(pin, key.keyId, material);
    const iv = Buffer.alloc(12, 9);
    const cipher = createCipheriv('aes-256-gcm', material, iv, { authTagLength: 16 }).setAAD(bound);
    const ciphertext = cipher.update('hello');
    cipher.final();
    const sealed = { iv, ciphertext, tag: cipher.getAuthTag() };
    const opened = accepted(await own.decrypt(use(), key, sealed, bound));
    expect(opened.expose((bytes) => Buffer.from(bytes).toString())).toBe('hello');
  });

  it('makes random bytes, and destroys keys as often as it is asked', async () => {
    const own = aBackend();
    const [one, other] = [accepted(await own.random(use(), 32)), accepted(await own.random(use(), 32))];
    const hex = (secret: SecretBytes): string => secret.expose((bytes) => Buffer.from(bytes).toString('hex'));
    expect(hex(one)).not.toBe(hex(other));
    const key = aStoreKey(12);
    accepted(await own.createKey(use(), key));
    accepted(await own.destroyKey(use(), key));
    accepted(await own.destroyKey(use(), key));
    const gone = await own.encrypt(use(), key, data, bound);
    expect(refused(gone)).toEqual({ code: 'KeyStoreFailed', cause: 'TokenKeyNotFound' });
  });
});

describe('a token that goes', () => {
  it('is worked with again when its process was killed, also in the middle of work', async () => {
    const backend = aBackend();
    const key = aStoreKey(20);
    accepted(await backend.createKey(use(), key));
    const sealed = accepted(await backend.encrypt(use(), key, data, bound));
    for (let round = 0; round < 2; round += 1) {
      const [pid] = await backend.pids(use().store.id);
      const under = Array.from({ length: 50 }, () => backend.decrypt(use(), key, sealed, bound));
      process.kill(pid!, 'SIGKILL');
      const opened = await Promise.all(under);
      expect(opened.filter(({ ok }) => !ok)).toEqual([]);
      expect(await backend.pids(use().store.id)).not.toContain(pid);
    }
  });

  it('fails while it is away and works when it is back', async () => {
    const backend = aBackend();
    const key = aStoreKey(21);
    accepted(await backend.createKey(use(), key));
    hsm.takeAway();
    try {
      for (const pid of await backend.pids(use().store.id)) process.kill(pid, 'SIGKILL');
      const away = await backend.encrypt(use(), key, data, bound);
      expect(refused(away)).toEqual({ code: 'KeyStoreFailed', cause: 'TokenUnavailable' });
      expect(refused(await backend.connect(use()))).toBe('INSUFFICIENT_CLOUDHSM_HSMS');
    } finally {
      hsm.bringBack();
    }
    for (let waited = 0; waited < 20_000; waited += 100) {
      if ((await backend.encrypt(use(), key, data, bound)).ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the token is back and is not used');
  });

  it('that hangs is given up, and another process takes over', async () => {
    const backend = new HsmBackend({
      ivFields,
      clusters: new Map([[clusterId, aCluster()]]),
      host: { workTimeoutMs: 2_000, openTimeoutMs: 60_000 },
    });
    backends.push(backend);
    const key = aStoreKey(22);
    accepted(await backend.createKey(use(), key));
    const [pid] = await backend.pids(use().store.id);
    process.kill(pid!, 'SIGSTOP');
    const hung = await backend.encrypt(use(), key, data, bound);
    expect(refused(hung)).toEqual({ code: 'KeyStoreFailed', cause: 'TokenTimedOut' });
    accepted(await backend.encrypt(use(), key, data, bound));
  });
});

describe('the settings of a store in a token', () => {
  const wrong = 'not the password';

  it('are true for a token that is there, with its trust anchor', async () => {
    const backend = aBackend();
    accepted(await backend.verify(use(wrong), aCall));
    const other = use(pin, { backing: { type: 'AWS_CLOUDHSM', clusterId, trustAnchorCertificate: 'another' } });
    expect(refused(await backend.verify(other, aCall))).toEqual({ code: 'IncorrectTrustAnchor' });
  });

  it.each<[string, Partial<TokenCluster> | undefined]>([
    ['CloudHsmClusterNotFound', undefined],
    ['CloudHsmClusterNotActive', { token: 'no such token' }],
    ['CloudHsmClusterNotActive', { module: '/no/such/module.so' }],
  ])('are refused with %s: %j', async (code, changes) => {
    const backend = aBackend(changes === undefined ? {} : { [clusterId]: aCluster(changes) });
    expect(refused(await backend.verify(use(), aCall))).toEqual({ code, clusterId });
  });

  it('may move to a cluster with the same trust anchor only', async () => {
    const [second, third] = [numberedClusterId(2), numberedClusterId(3)];
    const backend = aBackend({
      [clusterId]: aCluster(),
      [second]: aCluster(),
      [third]: aCluster({ trustAnchor: 'another' }),
    });
    const moved = (to: string) => {
      const backing = { type: 'AWS_CLOUDHSM', clusterId: to, trustAnchorCertificate: 'anchor 1' } as const;
      return backend.verify(use(pin, { backing }), aCall, use().store);
    };
    accepted(await moved(second));
    expect(refused(await moved(third))).toEqual({ code: 'CloudHsmClusterNotRelated', clusterId: third });
    expect([backend.related(clusterId, second), backend.related(clusterId, third)]).toEqual([true, false]);
  });

  it('fail to connect with a wrong password, which is tried once and no more', async () => {
    const backend = aBackend();
    expect(refused(await backend.connect(use(wrong)))).toBe('INVALID_CREDENTIALS');
    for (let index = 0; index < 5; index += 1) {
      const failed = await backend.encrypt(use(wrong), aStoreKey(1), data, bound);
      expect(refused(failed)).toEqual({ code: 'KeyStoreFailed', cause: 'TokenUnavailable' });
    }
    expect(await backend.pids(use(wrong).store.id)).toEqual([]);
    // Another password is another pool.
    accepted(await backend.connect(use()));
  });

  it('fail to connect when the cluster is not configured here', async () => {
    expect(refused(await aBackend({}).connect(use()))).toBe('CLUSTER_NOT_FOUND');
  });
});
