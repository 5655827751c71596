import { availableParallelism } from 'node:os';
import type { Keywarden } from '@keywarden/harness';
import type { Load } from './load';
import { type OpensslAlgorithm, opensslSignsPerSecond } from './openssl-speed';
import { type Primitive, primitivesPerSecond } from './primitives';
import { cpuSeconds } from './process-usage';
import { call, newKey, signedRequest } from './signed-requests';
import { figure, markdownTable, median } from './statistics';

const connections = 32;
const rounds = 3;

interface SlowOperation {
  readonly title: string;
  readonly key: Readonly<Record<string, string>>;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly beside: OpensslAlgorithm | Primitive;
}

const bytes32 = Buffer.alloc(32, 7).toString('base64');
const bytes48 = Buffer.alloc(48, 7).toString('base64');

const signing = (
  spec: string,
  algorithm: string,
  type: 'RAW' | 'DIGEST',
  beside: SlowOperation['beside'],
): SlowOperation => ({
  title: `Sign ${spec} ${algorithm} ${type}`,
  key: { KeySpec: spec, KeyUsage: 'SIGN_VERIFY' },
  operation: 'Sign',
  input: { Message: algorithm.endsWith('384') ? bytes48 : bytes32, MessageType: type, SigningAlgorithm: algorithm },
  beside,
});

const operations: readonly SlowOperation[] = [
  signing('RSA_2048', 'RSASSA_PSS_SHA_256', 'RAW', 'rsa2048'),
  signing('RSA_2048', 'RSASSA_PSS_SHA_256', 'DIGEST', 'rsa2048'),
  signing('RSA_4096', 'RSASSA_PSS_SHA_256', 'RAW', 'rsa4096'),
  signing('RSA_4096', 'RSASSA_PSS_SHA_256', 'DIGEST', 'rsa4096'),
  signing('ECC_NIST_P256', 'ECDSA_SHA_256', 'DIGEST', 'ecdsap256'),
  signing('ECC_NIST_P384', 'ECDSA_SHA_384', 'DIGEST', 'ecdsap384'),
  signing('ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'RAW', 'ed25519'),
  signing('ML_DSA_65', 'ML_DSA_SHAKE_256', 'RAW', 'ml-dsa-65'),
  {
    title: 'Decapsulate ML_KEM_768',
    key: { KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
    operation: 'Decapsulate',
    input: {},
    beside: 'ml-kem-768',
  },
  {
    title: 'GenerateMac HMAC_256',
    key: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    operation: 'GenerateMac',
    input: { Message: bytes32, MacAlgorithm: 'HMAC_SHA_256' },
    beside: 'hmac-sha256',
  },
];

/**
 * Requests per second of the operations with other keys, beside what openssl (or the runtime) does on all processors
 * without a service around it, in turns.
 *
 * @returns a table
 */
export async function measureSlowOperations(service: Keywarden, load: Load, seconds: number): Promise<string> {
  const rows: string[][] = [];
  for (const operation of operations) rows.push(await row(service, load, seconds, operation));
  return markdownTable(
    ['operation', 'requests/s', 'beside', `${availableParallelism()} cores/s`, 'ratio', 'CPU µs', 'CPU ratio'],
    rows,
  );
}

async function row(service: Keywarden, load: Load, seconds: number, operation: SlowOperation): Promise<string[]> {
  const cores = availableParallelism();
  const input = await inputOf(service, operation);
  const own: number[] = [];
  const cpu: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await beside(operation.beside, cores));
    const measured = await fullLoad(service, load, seconds, signedRequest(service, operation.operation, input));
    own.push(measured.perSecond);
    cpu.push(measured.cpuMicros);
  }
  const ratio = own.map((value, at) => value / (bare[at] ?? NaN));
  const cpuRatio = cpu.map((value, at) => (cores * 1e6) / (bare[at] ?? NaN) / value);
  return [
    operation.title,
    figure(median(own)),
    operation.beside,
    figure(median(bare)),
    figure(median(ratio)),
    figure(median(cpu)),
    figure(median(cpuRatio)),
  ];
}

async function beside(name: OpensslAlgorithm | Primitive, cores: number): Promise<number> {
  if (name === 'ml-dsa-65' || name === 'ml-kem-768' || name === 'hmac-sha256') return primitivesPerSecond(name) * cores;
  return ((await opensslSignsPerSecond(name)) ?? NaN) * cores;
}

async function inputOf(service: Keywarden, { key, operation, input }: SlowOperation): Promise<Record<string, unknown>> {
  const KeyId = await newKey(service, key);
  if (operation !== 'Decapsulate') return { KeyId, ...input };
  const EncapsulationAlgorithm = 'ML_KEM';
  const { body } = await call(service, 'Encapsulate', { KeyId, EncapsulationAlgorithm });
  return { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob: body.SharedSecretCiphertextBlob };
}

async function fullLoad(
  service: Keywarden,
  load: Load,
  seconds: number,
  request: string,
): Promise<{ readonly perSecond: number; readonly cpuMicros: number }> {
  let before = NaN;
  const report = await load.run(
    {
      port: Number(new URL(service.endpoint).port),
      requests: Array.from({ length: connections }, () => request),
      warmMs: 300,
      measureMs: seconds * 1_000,
    },
    () => {
      before = cpuSeconds([service.pid]);
    },
  );
  if (report.refused.length > 0) throw new Error(`not every answer was a success: ${JSON.stringify(report.refused)}`);
  const used = cpuSeconds([service.pid]) - before;
  return { perSecond: report.answers / report.seconds, cpuMicros: (used * 1e6) / report.answers };
}
