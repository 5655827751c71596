import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Keywarden } from '@keywarden/harness';
import type { Load } from './load';
import { cpuSeconds, postgresPids } from './process-usage';
import { call, echoRequest, newKey, signedRequest } from './signed-requests';
import { figure, markdownTable, median } from './statistics';

const connections = 32;
const rounds = 3;
/** Load before the first round, so that what is measured is compiled code. */
const warmUpSeconds = 1.5;

interface HotOperation {
  readonly name: string;
  readonly input: unknown;
}

interface Round {
  readonly perSecond: number;
  /** Processor time of the server for one request, microseconds. */
  readonly cpuMicros: number;
  readonly postgresMicros: number;
}

/** Encrypt, Decrypt and GenerateDataKey beside a bare node:http echo of the same sizes, in turns. @returns a table */
export async function measureHotOperations(service: Keywarden, load: Load, seconds: number): Promise<string> {
  const keyArn = await newKey(service);
  const echo = await startEcho();
  try {
    const rows: string[][] = [];
    const operations = await hotOperations(service, keyArn);
    const answerBytes = await Promise.all(
      operations.map(async ({ name, input }) => (await call(service, name, input)).bytes),
    );
    const measured = operations.map((): { echo: Round[]; own: Round[] } => ({ echo: [], own: [] }));
    for (const [index, { name, input }] of operations.entries()) {
      const requests = Array.from({ length: connections }, () => signedRequest(service, name, input));
      const echoes = requests.map((request) => echoRequest(request, answerBytes[index] ?? 0));
      await oneRound(load, warmUpSeconds, Number(new URL(service.endpoint).port), requests, service.pid, []);
      await oneRound(load, warmUpSeconds / 3, echo.port, echoes, echo.pid, []);
    }
    const postgres = postgresPids(service.dataDir);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { name, input }] of operations.entries()) {
        const requests = Array.from({ length: connections }, () => signedRequest(service, name, input));
        const echoes = requests.map((request) => echoRequest(request, answerBytes[index] ?? 0));
        const ports = { echo: echo.port, own: Number(new URL(service.endpoint).port) };
        measured[index]?.echo.push(await oneRound(load, seconds, ports.echo, echoes, echo.pid, []));
        measured[index]?.own.push(await oneRound(load, seconds, ports.own, requests, service.pid, postgres));
      }
    }
    for (const [index, { name }] of operations.entries()) {
      const { echo: bare = [], own = [] } = measured[index] ?? {};
      const of = (list: readonly Round[], value: keyof Round): number => median(list.map((round) => round[value]));
      rows.push([
        name,
        figure(of(own, 'perSecond')),
        figure(of(bare, 'perSecond')),
        figure(median(own.map(({ perSecond }, at) => perSecond / (bare[at]?.perSecond ?? NaN)))),
        figure(of(own, 'cpuMicros')),
        figure(of(bare, 'cpuMicros')),
        figure(median(own.map(({ cpuMicros }, at) => (bare[at]?.cpuMicros ?? NaN) / cpuMicros))),
        figure(of(own, 'postgresMicros')),
      ]);
    }
    const head = [
      'operation',
      'requests/s',
      'echo/s',
      'ratio',
      'CPU µs',
      'echo CPU µs',
      'CPU ratio',
      'Postgres CPU µs',
    ];
    return markdownTable(head, rows);
  } finally {
    echo.process.kill();
  }
}

/** Processor time of a running service for one Encrypt, and of the echo for the same bytes: medians, in turns. */
export async function encryptBesideEcho(
  service: Keywarden,
  load: Load,
  seconds: number,
): Promise<{ readonly ownMicros: number; readonly echoMicros: number }> {
  const [encrypt] = await hotOperations(service, await newKey(service));
  if (encrypt === undefined) throw new Error('Encrypt is one of the hot operations');
  const { bytes } = await call(service, encrypt.name, encrypt.input);
  const requests = Array.from({ length: connections }, () => signedRequest(service, encrypt.name, encrypt.input));
  const echoes = requests.map((request) => echoRequest(request, bytes));
  const echo = await startEcho();
  try {
    const ownPort = Number(new URL(service.endpoint).port);
    const own: Round[] = [];
    const bare: Round[] = [];
    await oneRound(load, warmUpSeconds, ownPort, requests, service.pid, []);
    await oneRound(load, warmUpSeconds / 3, echo.port, echoes, echo.pid, []);
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await oneRound(load, seconds, echo.port, echoes, echo.pid, []));
      own.push(await oneRound(load, seconds, ownPort, requests, service.pid, []));
    }
    const micros = (list: readonly Round[]): number => median(list.map(({ cpuMicros }) => cpuMicros));
    return { ownMicros: micros(own), echoMicros: micros(bare) };
  } finally {
    echo.process.kill();
  }
}

async function hotOperations(service: Keywarden, keyArn: string): Promise<HotOperation[]> {
  const EncryptionContext = { purpose: 'bench' };
  const Plaintext = Buffer.alloc(32, 7).toString('base64');
  const encrypted = await call(service, 'Encrypt', { KeyId: keyArn, Plaintext, EncryptionContext });
  return [
    { name: 'Encrypt', input: { KeyId: keyArn, Plaintext, EncryptionContext } },
    { name: 'Decrypt', input: { CiphertextBlob: encrypted.body.CiphertextBlob, EncryptionContext } },
    { name: 'GenerateDataKey', input: { KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext } },
  ];
}

async function oneRound(
  load: Load,
  seconds: number,
  port: number,
  requests: readonly string[],
  pid: number,
  postgres: readonly number[],
): Promise<Round> {
  let before = { own: NaN, postgres: NaN };
  const usage = (): typeof before => ({ own: cpuSeconds([pid]), postgres: cpuSeconds(postgres) });
  const report = await load.run({ port, requests, warmMs: 300, measureMs: seconds * 1_000 }, () => {
    before = usage();
  });
  const after = usage();
  if (report.refused.length > 0) throw new Error(`not every answer was a success: ${JSON.stringify(report.refused)}`);
  return {
    perSecond: report.answers / report.seconds,
    cpuMicros: ((after.own - before.own) * 1e6) / report.answers,
    postgresMicros: ((after.postgres - before.postgres) * 1e6) / report.answers,
  };
}

async function startEcho(): Promise<{ readonly process: ChildProcess; readonly port: number; readonly pid: number }> {
  const child = fork(join(__dirname, 'echo-server.js'));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('exit', () => reject(new Error('the echo server ended')));
  });
  return { process: child, port, pid: child.pid ?? 0 };
}
