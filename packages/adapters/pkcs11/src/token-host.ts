import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';
import type { SecretBytes } from '@keywarden/kernel';
import type { FromToken, TokenFault, TokenPlace, TokenWork, ToToken, WorkOutcome } from './token-protocol';

export interface TokenHostOptions {
  /** Milliseconds for one piece of work, queueing included. */
  readonly workTimeoutMs: number;
  /** Milliseconds to load the module and log in. */
  readonly openTimeoutMs: number;
}

export const tokenHostDefaults: TokenHostOptions = { workTimeoutMs: 5_000, openTimeoutMs: 20_000 };

interface Waiting {
  readonly work: TokenWork;
  readonly settle: (outcome: WorkOutcome | 'timedOut') => void;
}

/** More is waiting for the token than it will ever do in time: the caller may try again. */
export class TokenBusy extends Error {
  override readonly name = 'TokenBusy';
}

const maxWaiting = 4_096;
/** Works sent together, so that the way to the process and back costs less than the work. */
const batchSize = 64;
/** Sources run through ts-node, built code as it is. */
const extension = extname(__filename);
const sourceArguments = ['-C', '@keywarden/source', '-r', 'ts-node/register/transpile-only'];

/** One token process and what waits for it. It is opened once; when it is gone, it is gone. */
export class TokenHost {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #queue: number[] = [];
  #nextId = 0;
  #flushing = false;
  #gone = false;
  #opened: ((fault: TokenFault | undefined) => void) | undefined;

  constructor(private readonly options: TokenHostOptions) {
    this.#child = fork(join(__dirname, `token-process${extension}`), [], {
      execArgv: extension === '.ts' ? sourceArguments : [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: withoutOurs(process.env),
    });
    this.#child.on('message', (message: FromToken) => this.#heard(message));
    this.#child.once('exit', () => this.#end('lost'));
    this.#child.once('error', () => this.#end('lost'));
    // A service that is done need not wait for its tokens.
    this.#child.unref();
    this.#child.channel?.unref();
  }

  get gone(): boolean {
    return this.#gone;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * @param ivField what the IVs of this process begin with; absent for random ones
   * @returns why it cannot be worked with; the process is ended then
   */
  open(place: TokenPlace, pin: SecretBytes | undefined, ivField?: Uint8Array): Promise<TokenFault | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle('Failed'), this.options.openTimeoutMs);
      const settle = (fault: TokenFault | undefined): void => {
        clearTimeout(timer);
        this.#opened = undefined;
        if (fault !== undefined) this.end();
        resolve(fault);
      };
      this.#opened = settle;
      if (this.#gone) return settle('Failed');
      const copy = pin?.expose((bytes) => Uint8Array.from(bytes));
      this.#send({ kind: 'open', place, pin: copy, ivField });
      copy?.fill(0);
    });
  }

  /** @returns `timedOut` when there was no answer in time; the process is ended then */
  do(work: TokenWork): Promise<WorkOutcome | 'timedOut'> {
    if (this.#gone) return Promise.resolve({ ok: false, fault: 'lost' });
    if (this.#waiting.size >= maxWaiting) throw new TokenBusy('too much work is waiting for the token');
    return new Promise((resolve) => {
      const id = this.#nextId++;
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        resolve('timedOut');
        this.end();
      }, this.options.workTimeoutMs);
      this.#waiting.set(id, {
        work,
        settle: (outcome) => {
          clearTimeout(timer);
          resolve(outcome);
        },
      });
      this.#queue.push(id);
      this.#flushSoon();
    });
  }

  /** Nothing in there can keep it from ending: SIGKILL. */
  end(): void {
    this.#child.kill('SIGKILL');
    this.#end('lost');
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      while (this.#queue.length > 0) {
        const works = this.#queue.splice(0, batchSize).flatMap((id) => {
          const waiting = this.#waiting.get(id);
          return waiting === undefined ? [] : [{ id, work: waiting.work }];
        });
        if (works.length > 0) this.#send({ kind: 'work', works });
      }
    });
  }

  #heard(message: FromToken): void {
    if (message.kind === 'opened') return this.#opened?.(message.fault);
    for (const { id, outcome } of message.outcomes) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.settle(outcome);
    }
  }

  #send(message: ToToken): void {
    this.#child.send(message, (error) => {
      if (error !== null) this.#end('lost');
    });
  }

  #end(fault: 'lost'): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#opened?.('Failed');
    for (const { settle } of this.#waiting.values()) settle({ ok: false, fault });
    this.#waiting.clear();
  }
}

/** The module needs settings of its own from the environment, and none of ours: they hold secrets. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(KEYWARDEN_|DATABASE_URL$|REDIS_URL$|AWS_)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)));
}
