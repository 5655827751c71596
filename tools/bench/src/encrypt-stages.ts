import { createHmac, hash, randomBytes, randomUUID } from 'node:crypto';
import { RequestNotes } from '@keywarden/audit';
import { aCall } from '@keywarden/audit/testing';
import { GroupCommitTrail, usualOptions } from '@keywarden/audit-service';
import { policyAuthoriser } from '@keywarden/authorization';
import { aPolicy, aUser, anAuthorisedUse, rootOf } from '@keywarden/authorization/testing';
import { compile } from '@keywarden/aws-json';
import { soleRootKey } from '@keywarden/crypto';
import { InMemoryDomainKeys, InMemoryRootKey } from '@keywarden/crypto/testing';
import type { Keywarden } from '@keywarden/harness';
import { SecretBytes, instant, newKeyId } from '@keywarden/kernel';
import { type KmsKey, arnOf } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import { operationShapes } from '@keywarden/kms-protocol';
import {
  DomainKeys,
  NodeMaterialFactory,
  NodeRandomness,
  NodeSymmetricEncryption,
  SlowWork,
  UnwrappedMaterials,
} from '@keywarden/node-crypto';
import type { PostgresStore } from '@keywarden/postgres';
import { LocalLimiter, QuotaValues, RequestQuotas } from '@keywarden/quotas';
import { nodeTimers, systemClock } from '@keywarden/runtime';
import { type SignedRequest, SigV4Verifier } from '@keywarden/sigv4';
import { signedRequest } from './signed-requests';

/** One part of an Encrypt, by itself, and what the architecture allows it to cost. */
export interface Stage {
  readonly name: string;
  readonly budgetMicros: number;
  readonly work: () => unknown;
}

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'bench-secret-access-key-0123456789abcdef',
};
const encryptionContext = { purpose: 'bench' };
const plaintextBytes = 32;

/** The stages of a warm Encrypt of 32 bytes with an encryption context, each on the classes that the service runs. */
export async function encryptStages(store: PostgresStore): Promise<Stage[]> {
  const { key, encryption } = await encryptionWithKey();
  const caller = aUser([aPolicy({})]);
  const requests = signedRequests(key);
  const verifier = verifierFor(key);
  const input = compile(operationShapes.Encrypt.input);
  const output = compile(operationShapes.Encrypt.output);
  const authoriser = policyAuthoriser();
  const facts = { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext };
  const origin = {
    region: key.region,
    now: systemClock.now(),
    sourceIp: '192.0.2.44',
    secureTransport: true,
    userAgent: 'bench',
  };
  const asked = { caller, action: 'kms:Encrypt', key, origin, facts, grantTokens: [] } as const;
  const quotas = new RequestQuotas(new LocalLimiter(() => performance.now()), new QuotaValues(), new Set([key.region]));
  const use = anAuthorisedUse('kms:Encrypt', key, caller);
  const plaintext = SecretBytes.copyOf(new Uint8Array(plaintextBytes));
  const encrypted = await encryption.encrypt(use, plaintext, encryptionContext);
  if (!encrypted.ok) throw new Error('encryption with material in memory refuses nothing');
  const answer = {
    ciphertextBlob: encrypted.value,
    keyId: arnOf(key),
    encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  } as const;
  const command = { keyId: arnOf(key), encryptionContext };
  const trail = trailOn(store);
  let turn = 0;
  const next = (): SignedRequest => requests[(turn += 1) % requests.length] ?? must();
  return [
    { name: 'parse and validate', budgetMicros: 10, work: () => input.decode(next().body) },
    { name: 'SigV4', budgetMicros: 20, work: () => verifier.verify(next(), systemClock.now()) },
    { name: 'authorise', budgetMicros: 3, work: () => authoriser.mayUse(asked) },
    { name: 'quota', budgetMicros: 2, work: () => quotas.open(key, 'Encrypt').ofKey(key) },
    { name: 'encrypt', budgetMicros: 20, work: () => encryption.encrypt(use, plaintext, encryptionContext) },
    {
      name: 'audit, written to Postgres',
      budgetMicros: 8,
      work: () => {
        const notes = new RequestNotes();
        notes.key(key).materialId = key.currentMaterialId;
        return trail.record(aCall({ requestId: randomUUID(), region: key.region, notes, command, answer }));
      },
    },
    { name: 'encode', budgetMicros: 5, work: () => output.encode(answer) },
  ];
}

async function encryptionWithKey(): Promise<{ key: KmsKey; encryption: NodeSymmetricEncryption }> {
  const domainKeys = new DomainKeys(soleRootKey(new InMemoryRootKey()), new InMemoryDomainKeys());
  const slow = new SlowWork();
  const { account } = aKmsKey();
  // As the default key policy does, it leaves the decision to the policies of the account.
  const bare = aKmsKey({
    id: newKeyId(new NodeRandomness(), false),
    materials: [],
    policy: aPolicy({ Principal: { AWS: rootOf(account) } }),
  });
  const material = await new NodeMaterialFactory(domainKeys, slow).generate({ ...bare, keyId: bare.id });
  await slow.close();
  const current = { ...material, state: 'CURRENT', createdAt: systemClock.now() } as const;
  const encryption = new NodeSymmetricEncryption(new UnwrappedMaterials(domainKeys), systemClock);
  return { key: { ...bare, materials: [current], currentMaterialId: material.id }, encryption };
}

/** As an SDK signs them, in the form the pipeline gets them in; good for five minutes. */
function signedRequests(key: KmsKey): readonly SignedRequest[] {
  const service: Pick<Keywarden, 'endpoint' | 'credentials' | 'region'> = {
    endpoint: 'http://127.0.0.1:8080',
    credentials,
    region: key.region,
  };
  const Plaintext = Buffer.alloc(plaintextBytes, 7).toString('base64');
  return Array.from({ length: 64 }, () => {
    const text = signedRequest(service, 'Encrypt', {
      KeyId: arnOf(key),
      Plaintext,
      EncryptionContext: encryptionContext,
    });
    const [head = '', body = ''] = text.split('\r\n\r\n');
    const headers = head
      .split('\r\n')
      .slice(1)
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
    return { method: 'POST', target: '/', headers, body: Buffer.from(body) };
  });
}

function verifierFor({ region }: KmsKey): SigV4Verifier<string> {
  const secretAccessKey = SecretBytes.copyOf(Buffer.from(credentials.secretAccessKey));
  return new SigV4Verifier({
    regions: new Set([region]),
    services: new Set(['kms']),
    credentials: { findSigningSecret: () => ({ secretAccessKey, principal: 'bench' }) },
  });
}

function trailOn(store: PostgresStore): GroupCommitTrail {
  const sealKey = randomBytes(32);
  const seal = (statement: string): string => createHmac('sha256', sealKey).update(statement).digest('hex');
  return new GroupCommitTrail(
    {
      writer: store.chainWriter,
      digest: (text) => hash('sha256', text, 'hex'),
      seal: { seal, holds: (statement, given) => seal(statement) === given },
      clock: { now: () => instant(Date.now()) },
      randomness: { uuid: () => randomUUID() },
      timers: nodeTimers,
      onChange: ({ open, fault }) => {
        if (!open) console.error(fault);
      },
    },
    { ...usualOptions, deadlineMs: 60_000 },
  );
}

function must(): never {
  throw new Error('there are requests');
}
