import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { copyClusterTemplate } from '@keywarden/services';

const workspace = resolve(__dirname, '../../..');
const mainOf = (app: KeywardenApp): string => join(workspace, 'apps', app, 'dist/main.js');

/** Standalone brings its own database; the other two need `DATABASE_URL` in the environment. */
export type KeywardenApp = 'standalone' | 'api' | 'scheduler' | 'xks-proxy';

/** A running service, in a process of its own, as its users meet it. */
export interface Keywarden {
  readonly endpoint: string;
  readonly region: string;
  readonly dataDir: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly pid: number;
  /** Everything the process has printed. */
  output(): string;
  /** What of it went to standard error. */
  errors(): string;
  /** Ends the process by SIGTERM, or the signal given, and waits for its end. @returns its exit code */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null>;
  /** SIGKILL: the process gets no chance to say goodbye. */
  kill(): Promise<void>;
}

export interface KeywardenOptions {
  /** Which app to run; standalone when absent. */
  readonly app?: KeywardenApp;
  /** Kept after the end when given; otherwise a new folder that `stop` removes. */
  readonly dataDir?: string;
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** For tests of the first start itself: the service makes its own cluster, also where tests bring an empty one. */
  readonly makesCluster?: boolean;
  /** Milliseconds to the first ready answer. */
  readonly startTimeoutMs?: number;
}

/** The credentials every service that the harness starts is set up with. */
export const harnessAccount = {
  account: '111122223333',
  accessKeyId: 'AKIAKEYWARDENHARNESS',
  secretAccessKey: 'harness-secret-access-key-0123456789abcd',
} as const;

/** Starts the built service. @throws Error with everything the process printed when it does not become ready */
export async function startKeywarden(options: KeywardenOptions = {}): Promise<Keywarden> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'keywarden-')));
  const port = options.port ?? (await freePort());
  const environment: Record<string, string | undefined> = {
    ...withoutSettings(process.env),
    KEYWARDEN_DATA_DIR: dataDir,
    KEYWARDEN_PORT: String(port),
    KEYWARDEN_BOOTSTRAP_ACCOUNT_ID: harnessAccount.account,
    KEYWARDEN_BOOTSTRAP_ACCESS_KEY_ID: harnessAccount.accessKeyId,
    KEYWARDEN_BOOTSTRAP_SECRET_ACCESS_KEY: harnessAccount.secretAccessKey,
    // Five keys a second and twenty bad signatures are too few for suites; those of the limits set them again.
    KEYWARDEN_REQUEST_QUOTAS: 'off',
    KEYWARDEN_ADDRESS_FAILURES: '0',
    ...options.environment,
  };
  const app = options.app ?? 'standalone';
  const embedded = app === 'standalone' && environment.DATABASE_URL === undefined;
  if (embedded && options.makesCluster !== true) await copyClusterTemplate(dataDir);
  const child = spawn(process.execPath, [mainOf(app)], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const { printed, errors } = collectOutput(child);
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const scheme = environment.KEYWARDEN_TLS_CERT_FILE === undefined ? 'http' : 'https';
  const endpoint = `${scheme}://127.0.0.1:${port}`;
  const startTimeoutMs = options.startTimeoutMs ?? 60_000;
  // Nothing of the test trusts the certificate of a service on TLS: that one is believed when it says so.
  const saysReady = app === 'scheduler' || (scheme === 'https' && app !== 'standalone');
  await becomeReady(child, saysReady, `http://127.0.0.1:${port}`, startTimeoutMs, () => printed.join(''));
  const remove = async (): Promise<void> => {
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  return {
    endpoint,
    region: environment.KEYWARDEN_REGIONS?.split(',')[0] ?? 'us-east-1',
    dataDir,
    credentials: harnessAccount,
    pid: child.pid ?? 0,
    output: () => printed.join(''),
    errors: () => errors.join(''),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const code = await ended;
      await remove();
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs the service until it ends by itself, for starts that must fail. */
export async function runKeywarden(
  environment: Readonly<Record<string, string>>,
  timeoutMs = 30_000,
): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  const child = spawn(process.execPath, [mainOf('standalone')], {
    env: { ...withoutSettings(process.env), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { printed, errors } = collectOutput(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const code = await new Promise<number | null>((done) => child.once('close', (exit) => done(exit)));
  clearTimeout(timer);
  return { code, output: printed.join(''), errors: errors.join('') };
}

function collectOutput({ stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>): {
  readonly printed: readonly string[];
  readonly errors: readonly string[];
} {
  const printed: string[] = [];
  const errors: string[] = [];
  for (const stream of [stdout, stderr]) stream.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  stderr.on('data', (text: string) => errors.push(text));
  return { printed, errors };
}

/** The credentials that a start wrote for its administrator. */
export async function readCredentialsFile(dataDir: string): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const text = await readFile(join(dataDir, 'credentials'), 'utf8');
  const value = (name: string): string => new RegExp(`^${name} = (.*)$`, 'm').exec(text)?.[1] ?? '';
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise<void>((done) => server.close(() => done()));
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

/** Settings of the person who runs the harness must not reach the service under test. */
function withoutSettings(environment: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const own = /^(KEYWARDEN_|AWS_|OTEL_|DATABASE_URL$|REDIS_URL$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.test(name)));
}

async function becomeReady(
  child: ChildProcess,
  saysReady: boolean,
  endpoint: string,
  timeoutMs: number,
  output: () => string,
): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the service ended with code ${child.exitCode}:\n${output()}`);
    if (saysReady) {
      if (output().includes('"message":"ready"')) return;
      await delay(50);
      continue;
    }
    const response = await fetch(`${endpoint}/health/ready`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => undefined,
    );
    if (response?.ok === true) return;
    if (/Keywarden is ready at https/.test(output())) return;
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error(`the service was not ready after ${timeoutMs} ms:\n${output()}`);
}
