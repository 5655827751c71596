/**
 * What the audit trail costs an API node, in microseconds of its CPU a call (the best of several rounds with and without
 * it, in one run), and how many records a second are verified;
 * on a Postgres that `DATABASE_URL` names, migrated, whose audit tables are emptied first.
 * `DATABASE_URL=… node -C @keywarden/source -r ts-node/register/transpile-only <this file> [calls]`
 */
import { createHash, createHmac, hash, randomUUID } from 'node:crypto';
import { RequestNotes, readCheckpoint } from '@keywarden/audit';
import { aCall, aKey, aMaterial, aSigner } from '@keywarden/audit/testing';
import { Checkpointer, GroupCommitTrail, usualOptions, verifyTrail } from '@keywarden/audit-service';
import { instant } from '@keywarden/kernel';
import { Client } from 'pg';
import { openPostgres } from './open-postgres';

const calls = Number(process.argv[2] ?? 200_000);
const rounds = 20;
/** Calls under way at once, as on a node at full load. */
const atOnce = 64;
const clock = { now: () => instant(Date.now()) };
const digest = (text: string): string => hash('sha256', text, 'hex');
const key = createHash('sha256').update('bench').digest();
const seal = {
  seal: (statement: string) => createHmac('sha256', key).update(statement).digest('hex'),
  holds: (statement: string, given: string) => seal.seal(statement) === given,
};
const timers = {
  after: (milliseconds: number, run: () => void) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

function call() {
  const notes = new RequestNotes();
  notes.key(aKey).materialId = aMaterial;
  const origin = { sourceIp: '192.0.2.1', userAgent: agent, host: 'kms.example.com', tls };
  return aCall({ requestId: randomUUID(), notes, origin });
}
const agent = 'aws-sdk-js/3.1164.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#26.10.0 api/kms#3.1164.0 m/N,E';
const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };

async function main(): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error('DATABASE_URL names no Postgres');
  const store = openPostgres({ url });
  await store.migrate();
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('TRUNCATE audit_chains, audit_records, audit_checkpoints, audit_coverage');

  const { signer, verify } = aSigner();
  const trail = new GroupCommitTrail(
    {
      ...{ writer: store.chainWriter, digest, seal, clock, timers, randomness: { uuid: () => randomUUID() } },
      onChange: ({ fault }) => console.error(fault),
    },
    { ...usualOptions, deadlineMs: 60_000 },
  );
  let started = 0;
  const load = async (record: (made: ReturnType<typeof call>) => Promise<void>, count: number): Promise<number> => {
    started = 0;
    const before = process.cpuUsage();
    const worker = async (): Promise<void> => {
      while (started < count) {
        started += 1;
        await record(call());
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  };
  const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await load(idle, calls / 10);
  await load((made) => trail.record(made), calls / 10);
  let [without, withTrail, seconds] = [Infinity, Infinity, 0];
  for (let round = 0; round < rounds; round += 1) {
    without = Math.min(without, await load(idle, calls / rounds));
    const at = performance.now();
    withTrail = Math.min(withTrail, await load((made) => trail.record(made), calls / rounds));
    seconds += (performance.now() - at) / 1_000;
  }
  await trail.close();
  const { written, batches } = trail.status;
  const text = 'x'.repeat(1_300);
  let oneHash = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const hashing = process.cpuUsage();
    for (let index = 0; index < calls / rounds; index += 1) digest(text + index);
    const hashed = process.cpuUsage(hashing);
    oneHash = Math.min(oneHash, ((hashed.user + hashed.system) * rounds) / calls);
  }
  console.log(`for scale: ${oneHash.toFixed(1)} µs of CPU for SHA-256 over a text as long as a record`);
  console.log(`recording: ${(withTrail - without).toFixed(1)} µs of CPU a call on the API side`);
  console.log(
    `           ${Math.round(calls / seconds)} calls a second, ${(written / batches).toFixed(0)} records a transaction`,
  );

  const archive = store.auditArchive;
  const made = await new Checkpointer({ archive, signer, seal, digest, clock }, 60_000).makeIfDue();
  const verifying = performance.now();
  const report = await verifyTrail(archive, digest, verify, { now: clock.now(), anchors: [] });
  const rate = report.records / ((performance.now() - verifying) / 1_000);
  console.log(
    `verifying: ${Math.round(rate)} records a second of ${report.records}, findings: ${report.findings.length}`,
  );
  const bytes = await client.query<{ size: string }>(
    `SELECT sum(pg_total_relation_size(inhrelid))::bigint AS size FROM pg_inherits WHERE inhparent = 'audit_records'::regclass`,
  );
  console.log(
    `storing:   ${Math.round(Number(bytes.rows[0]?.size) / report.records)} bytes a record, indexes included`,
  );
  console.log(`checkpoint ${readCheckpoint(made?.body ?? '')?.number ?? 'none'}`);
  await client.end();
  await store.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
