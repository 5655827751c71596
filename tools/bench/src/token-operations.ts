import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Keywarden } from '@keywarden/harness';
import { SoftHsm } from '@keywarden/pkcs11/testing';
import type { Load } from './load';
import { cpuSeconds } from './process-usage';
import { startServiceUnderTest } from './service-under-test';
import { call, newKey, signedRequest } from './signed-requests';
import { figure, markdownTable, median } from './statistics';

const connections = 32;
const rounds = 3;
const warmUpSeconds = 1.5;
const plaintextBytes = 32;
const clusterId = 'cluster-aaaaaaaaaaa';
const pin = 'password of the bench';

/** Encrypts in a loop in one process, as fast as the token can. @returns encryptions a second */
const alone = `
  const p = require('pkcs11js');
  const { randomBytes } = require('node:crypto');
  const [path, pin, milliseconds, bytes] = process.argv.slice(1);
  const m = new p.PKCS11();
  m.load(path);
  m.C_Initialize();
  const slot = m.C_GetSlotList(true).find((one) => m.C_GetTokenInfo(one).flags & p.CKF_TOKEN_INITIALIZED);
  const s = m.C_OpenSession(slot, p.CKF_SERIAL_SESSION | p.CKF_RW_SESSION);
  m.C_Login(s, p.CKU_USER, pin);
  const key = m.C_GenerateKey(s, { mechanism: p.CKM_AES_KEY_GEN }, [
    { type: p.CKA_CLASS, value: p.CKO_SECRET_KEY }, { type: p.CKA_VALUE_LEN, value: 32 },
    { type: p.CKA_ENCRYPT, value: true }, { type: p.CKA_TOKEN, value: false },
  ]);
  const [data, aad, out] = [Buffer.alloc(Number(bytes), 7), Buffer.alloc(150, 1), Buffer.alloc(Number(bytes) + 16)];
  const end = performance.now() + Number(milliseconds);
  const started = performance.now();
  let count = 0;
  for (; performance.now() < end; count += 1) {
    const parameter = { type: p.CK_PARAMS_AES_GCM_v240, iv: randomBytes(12), aad, ivBits: 96, tagBits: 128 };
    m.C_EncryptInit(s, { mechanism: p.CKM_AES_GCM, parameter }, key);
    m.C_Encrypt(s, data, out);
  }
  console.log(count / ((performance.now() - started) / 1000));
`;

/** Encrypt with a key in SoftHSM beside one of KMS itself and beside the token's own speed, in turns. @returns a table */
export async function measureTokenOperations(load: Load, seconds: number): Promise<string> {
  const hsm = new SoftHsm();
  const folder = mkdtempSync(join(tmpdir(), 'keywarden-bench-'));
  try {
    hsm.addToken('keywarden', pin);
    const [file, anchor] = [join(folder, 'key-stores.json'), join(folder, 'anchor.pem')];
    writeFileSync(anchor, 'anchor of the bench');
    const cluster = { module: hsm.module, token: 'keywarden', trustAnchorFile: anchor };
    writeFileSync(file, JSON.stringify({ clusters: { [clusterId]: cluster } }));
    const environment = { KEYWARDEN_KEY_STORES_FILE: file, SOFTHSM2_CONF: hsm.configuration };
    const service = await startServiceUnderTest({ environment });
    try {
      return await measure(service, hsm, load, seconds);
    } finally {
      await service.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    hsm.remove();
  }
}

async function measure(service: Keywarden, hsm: SoftHsm, load: Load, seconds: number): Promise<string> {
  const keys = { 'key in the token': await keyInToken(service), 'key of KMS': await newKey(service) };
  const own = new Map<string, { perSecond: number; cpuMicros: number }[]>();
  const token: number[] = [];
  const port = Number(new URL(service.endpoint).port);
  for (let round = 0; round <= rounds; round += 1) {
    const length = round === 0 ? warmUpSeconds : seconds;
    for (const [name, KeyId] of Object.entries(keys)) {
      const input = { KeyId, Plaintext: Buffer.alloc(plaintextBytes, 7).toString('base64') };
      const requests = Array.from({ length: connections }, () => signedRequest(service, 'Encrypt', input));
      let before = NaN;
      const order = { port, requests, warmMs: 200, measureMs: length * 1_000 };
      const { answers, seconds: took, refused } = await load.run(order, () => (before = cpuSeconds([service.pid])));
      if (answers === 0) throw new Error(`nothing was encrypted: ${JSON.stringify(refused)}`);
      const perSecond = answers / took;
      const cpuMicros = ((cpuSeconds([service.pid]) - before) * 1e6) / answers;
      if (round > 0) own.set(name, [...(own.get(name) ?? []), { perSecond, cpuMicros }]);
    }
    if (round > 0) token.push(tokenAlone(hsm, seconds));
  }
  const rows = [...own].map(([name, list]) => [
    `Encrypt, ${name}`,
    figure(median(list.map(({ perSecond }) => perSecond))),
    figure(median(list.map(({ perSecond }, at) => perSecond / (token[at] ?? NaN)))),
    figure(median(list.map(({ cpuMicros }) => cpuMicros))),
  ]);
  rows.push(['C_EncryptInit and C_Encrypt in one process', figure(median(token)), '1', '']);
  return markdownTable(['what', 'per second', 'ratio to the token', 'CPU µs of the service'], rows);
}

function tokenAlone(hsm: SoftHsm, seconds: number): number {
  const values = [hsm.module, pin, String(seconds * 1_000), String(plaintextBytes)];
  const environment = { ...process.env, SOFTHSM2_CONF: hsm.configuration };
  return Number(
    execFileSync(process.execPath, ['-e', alone, ...values], { env: environment, cwd: __dirname, timeout: 60_000 }),
  );
}

/** A store in the token, connected, and a key in it. */
async function keyInToken(service: Keywarden): Promise<string> {
  const { body } = await call(service, 'CreateCustomKeyStore', {
    CustomKeyStoreName: 'bench',
    CloudHsmClusterId: clusterId,
    TrustAnchorCertificate: 'anchor of the bench',
    KeyStorePassword: pin,
  });
  const CustomKeyStoreId = String(body.CustomKeyStoreId);
  await call(service, 'ConnectCustomKeyStore', { CustomKeyStoreId });
  for (let waited = 0; waited < 30_000; waited += 100) {
    const described = await call(service, 'DescribeCustomKeyStores', { CustomKeyStoreId });
    const [store] = described.body.CustomKeyStores as { ConnectionState?: string }[];
    if (store?.ConnectionState === 'CONNECTED') return newKey(service, { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the store in the token does not connect');
}
