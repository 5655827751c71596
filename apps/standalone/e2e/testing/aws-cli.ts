import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Keywarden } from '@keywarden/harness';

/** The AWS CLI as a user of the service runs it, with the credentials file and the environment the service tells of. */
export class AwsCli {
  readonly #folder = mkdtempSync(join(tmpdir(), 'keywarden-cli-'));
  readonly #program: string;
  readonly #service: () => Keywarden;
  /** The commands that were answered without an error, as `kms list-keys`. */
  readonly succeeded = new Set<string>();

  constructor(program: string, service: () => Keywarden) {
    this.#program = program;
    this.#service = service;
  }

  /** What the command printed. @throws with what it printed to standard error when it fails */
  async text(service: string, command: string, ...args: string[]): Promise<string> {
    const { endpoint, region, dataDir } = this.#service();
    const options = args.includes('--output') ? args : [...args, '--output', 'json'];
    const { stdout } = await promisify(execFile)(this.#program, [service, command, ...options], {
      timeout: 60_000,
      env: {
        PATH: process.env.PATH,
        HOME: this.#folder,
        AWS_SHARED_CREDENTIALS_FILE: join(dataDir, 'credentials'),
        AWS_PROFILE: 'keywarden',
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_MAX_ATTEMPTS: '1',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    this.succeeded.add(`${service} ${command}`);
    return stdout;
  }

  /** What a command of `aws kms` answered; an empty object where it answers nothing. */
  async kms<T = Record<string, string>>(command: string, ...args: string[]): Promise<T> {
    return JSON.parse((await this.text('kms', command, ...args)) || '{}') as T;
  }

  /** All commands of a service that this version of the CLI knows, as it completes them on a command line. */
  async commands(service: string): Promise<readonly string[]> {
    const line = `aws ${service} `;
    const { stdout } = await promisify(execFile)(`${this.#program}_completer`, [], {
      timeout: 60_000,
      env: { PATH: process.env.PATH, COMP_LINE: line, COMP_POINT: String(line.length) },
    });
    return stdout.split(/\s+/).filter((command) => command !== '' && command !== 'help' && command !== 'wait');
  }

  /** The argument that hands over bytes, as the content of a file. */
  file(name: string, bytes: string | Uint8Array): string {
    const path = join(this.#folder, name);
    writeFileSync(path, bytes);
    return `fileb://${path}`;
  }

  /** The argument that hands over bytes which another command answered in base64. */
  answered(name: string, base64: string | undefined): string {
    return this.file(name, Buffer.from(base64 ?? '', 'base64'));
  }

  read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
