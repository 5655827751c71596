import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Keywarden, startKeywarden } from '@keywarden/harness';
import { startKeptPostgres } from '@keywarden/services';
import { call, newKey } from './signed-requests';
import { figure, markdownTable, median, quantile } from './statistics';

const lanes = 4;
const loadLanes = 4;
const keysUnderLoad = 20;
const plaintext = Buffer.alloc(32).toString('base64');

/**
 * Disables keys that another node has just used, while both nodes encrypt, and asks the other node at once after each
 * answer. Beside it the same on one node alone: what a change costs when nobody else holds copies.
 *
 * @returns a table
 */
export async function measureRevocations(count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keywarden-revocations-'));
  const postgres = await startKeptPostgres(join(folder, 'database'));
  const nodes: Keywarden[] = [];
  const start = async (name: string): Promise<void> => {
    const environment = { DATABASE_URL: postgres.url, KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key') };
    nodes.push(await startKeywarden({ app: 'api', dataDir: join(folder, name), environment }));
  };
  try {
    await start('a');
    const alone = await revoke(nodes, Math.max(20, Math.ceil(count / 10)));
    await start('b');
    const both = await revoke(nodes, count);
    return markdownTable(
      ['nodes', 'revocations', 'median ms', 'p99 ms', 'max ms', 'honoured afterwards', 'encryptions meanwhile'],
      [rowOf('1', alone), rowOf('2', both)],
    );
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Revocations {
  readonly tookMs: readonly number[];
  readonly honoured: number;
  readonly encrypted: number;
}

async function revoke(nodes: readonly Keywarden[], count: number): Promise<Revocations> {
  const tookMs: number[] = [];
  let left = count;
  let honoured = 0;
  let encrypted = 0;
  let stopping = false;
  const loaded = await Promise.all(Array.from({ length: keysUnderLoad }, () => newKey(nodes[0]!)));
  const encrypt = (node: Keywarden, KeyId: string) => call(node, 'Encrypt', { KeyId, Plaintext: plaintext });
  const use = async (node: Keywarden, lane: number): Promise<void> => {
    for (let turn = lane; !stopping; turn += 1) {
      await encrypt(node, loaded[turn % loaded.length]!);
      encrypted += 1;
      await delay(1);
    }
  };
  const change = async (lane: number): Promise<void> => {
    const KeyId = await newKey(nodes[0]!);
    for (let turn = lane; left > 0; turn += 1) {
      left -= 1;
      const [here, there] = [nodes[turn % nodes.length]!, nodes[(turn + 1) % nodes.length]!];
      await encrypt(there, KeyId);
      const beganAtMs = performance.now();
      await call(here, 'DisableKey', { KeyId });
      tookMs.push(performance.now() - beganAtMs);
      const refused = await encrypt(there, KeyId).then(
        () => false,
        (error: unknown) => String(error).includes('DisabledException'),
      );
      if (!refused) honoured += 1;
      await call(here, 'EnableKey', { KeyId });
    }
  };
  const using = nodes.flatMap((node) => Array.from({ length: loadLanes / nodes.length }, (_, lane) => use(node, lane)));
  await Promise.all(Array.from({ length: lanes }, (_, lane) => change(lane)));
  stopping = true;
  await Promise.all(using);
  return { tookMs, honoured, encrypted };
}

function rowOf(nodes: string, { tookMs, honoured, encrypted }: Revocations): readonly string[] {
  const figures = [median(tookMs), quantile(tookMs, 0.99), quantile(tookMs, 1)].map(figure);
  return [nodes, String(tookMs.length), ...figures, String(honoured), String(encrypted)];
}
