import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
} from '@aws-sdk/client-kms';
import type { Cluster } from './cluster';

interface KeyUnderLoad {
  readonly keyId: string;
  /** What the last answered change made it; undefined while a change is under way or its outcome unknown. */
  enabled: boolean | undefined;
  /** When the last disabling was answered, if nothing was asked for since. */
  disabledAtMs: number | undefined;
  /** Changes asked for. */
  changes: number;
}

export interface LoadReport {
  encrypted: number;
  refused: number;
  /** Errors of the service or the network that a client may try again after. */
  retryable: number;
  /** Any other error: there must be none. */
  readonly unexpected: string[];
  changed: number;
  /** Operations that began after their key's disabling was answered, and succeeded: there must be none. */
  readonly afterRevocation: string[];
  /** How long each disabling took. */
  readonly revocationMs: number[];
  longestCallMs: number;
}

const Plaintext = new Uint8Array(32);
/** As the SDK wraps them. */
const networkErrors = /ECONNREFUSED|ECONNRESET|EPIPE|ECONNABORTED|socket hang up|TimeoutError/;

/** Encrypts with every key on every node without pause, while keys are disabled and enabled on any node. */
export class FaultLoad {
  readonly report: LoadReport = {
    encrypted: 0,
    refused: 0,
    retryable: 0,
    unexpected: [],
    changed: 0,
    afterRevocation: [],
    revocationMs: [],
    longestCallMs: 0,
  };
  readonly keys: KeyUnderLoad[] = [];
  #stopping = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    private readonly pauseMs = 2,
  ) {}

  async begin(keyCount: number): Promise<void> {
    for (let index = 0; index < keyCount; index += 1) {
      const node = this.cluster.nodes[index % 2]!;
      const { KeyMetadata } = await node.client.send(new CreateKeyCommand({}));
      this.keys.push({ keyId: KeyMetadata?.KeyId ?? '', enabled: true, disabledAtMs: undefined, changes: 0 });
    }
    this.#running = Promise.all([
      ...[0, 1].flatMap((node) => [0, 1].map((lane) => this.#use(node, lane))),
      ...[0, 1].map((lane) => this.#change(lane)),
    ]);
  }

  async end(): Promise<LoadReport> {
    this.#stopping = true;
    await this.#running;
    return this.report;
  }

  /** Keys whose state is not what the last answered change made it: there must be none. */
  async lost(): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const { keyId, enabled } of this.keys) {
      if (enabled === undefined) continue;
      for (const { client, name } of this.cluster.nodes) {
        const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: keyId }));
        if (KeyMetadata?.Enabled !== enabled) lost.push(`${keyId} on ${name}`);
      }
    }
    return lost;
  }

  async #use(node: number, lane: number): Promise<void> {
    for (let turn = lane; !this.#stopping; turn += 1) {
      const key = this.keys[turn % this.keys.length]!;
      const { client, name } = this.cluster.nodes[node]!;
      const { disabledAtMs, changes } = key;
      const beganAtMs = performance.now();
      const outcome = await this.#call(() => client.send(new EncryptCommand({ KeyId: key.keyId, Plaintext })));
      if (outcome === 'answered') {
        this.report.encrypted += 1;
        // One that was enabled again while the call was under way may be used.
        if (disabledAtMs !== undefined && key.changes === changes) {
          this.report.afterRevocation.push(`${name}: ${(beganAtMs - disabledAtMs).toFixed(1)} ms after`);
        }
      }
      await delay(this.pauseMs);
    }
  }

  async #change(lane: number): Promise<void> {
    for (let turn = 0; !this.#stopping; turn += 1) {
      const mine = this.keys.filter((_, index) => index % 2 === lane);
      const key = mine[turn % mine.length]!;
      const { client } = this.cluster.nodes[(turn + lane) % 2]!;
      const enable = key.enabled === false;
      // From here on it may be enabled at any moment.
      if (enable) key.disabledAtMs = undefined;
      key.enabled = undefined;
      key.changes += 1;
      const beganAtMs = performance.now();
      const input = { KeyId: key.keyId };
      const outcome = await this.#call(() =>
        enable ? client.send(new EnableKeyCommand(input)) : client.send(new DisableKeyCommand(input)),
      );
      if (outcome === 'answered') {
        this.report.changed += 1;
        key.enabled = enable;
        if (!enable) {
          key.disabledAtMs = performance.now();
          this.report.revocationMs.push(key.disabledAtMs - beganAtMs);
        }
      }
      await delay(20);
    }
  }

  async #call(send: () => Promise<unknown>): Promise<'answered' | 'failed'> {
    const beganAtMs = performance.now();
    try {
      await send();
      return 'answered';
    } catch (error) {
      this.#count(error);
      return 'failed';
    } finally {
      this.report.longestCallMs = Math.max(this.report.longestCallMs, performance.now() - beganAtMs);
    }
  }

  #count(error: unknown): void {
    const { name, $metadata } = error as {
      readonly name?: string;
      readonly $metadata?: { readonly httpStatusCode?: number };
    };
    if (name === 'DisabledException') this.report.refused += 1;
    else if (($metadata?.httpStatusCode ?? 0) >= 500) this.report.retryable += 1;
    else if (networkErrors.test(String(error))) this.report.retryable += 1;
    else this.report.unexpected.push(`${String(error)} ${String($metadata?.httpStatusCode)}`);
  }
}
