import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Anchor, type Finding, type VerificationReport, readAnchors } from '@keywarden/audit';
import { MalformedEvidence, evidenceLines, retain, verifyEvidence, verifyTrail } from '@keywarden/audit-service';
import { auditDigest, checkpointTrust } from '@keywarden/node-crypto';
import { openCheckpointer, systemClock } from '@keywarden/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import type { Answer, Cli } from '../cli';
import { CommandRefused } from '../command-refused';
import { withDatabase, withFoundation } from '../with-foundation';
import { addAuditKeyCommands } from './audit-keys';
import { addAuditReadingCommands } from './audit-reading';

interface VerifyOptions {
  readonly publicKey: string;
  readonly file?: string;
  readonly anchor?: string;
  readonly asOf: number | undefined;
}

/** The audit trail: is it whole, and what of it is kept. */
export function addAuditCommands(root: Command, cli: Cli): void {
  const audit = root.command('audit').description('the audit trail: proof that it is whole, and what is kept');
  addAuditKeyCommands(audit, cli);
  audit
    .command('evidence')
    .description('write checkpoints and records to a file that can be verified anywhere')
    .argument('<file>', 'must not exist')
    .addHelpText('after', '\nExample:\n  $ keywarden audit evidence audit-2026-06.jsonl')
    .action(
      cli.answers((file: string) =>
        withDatabase(cli.environment, async ({ auditArchive, signingKeys }): Promise<Answer> => {
          const keys = await signingKeys.list();
          let lines = 0;
          const text = async function* () {
            for await (const line of evidenceLines(auditArchive, keys)) {
              lines += 1;
              yield `${line}\n`;
            }
          };
          await refusingFiles(() =>
            pipeline(Readable.from(text()), createWriteStream(file, { flags: 'wx', mode: 0o600 })),
          );
          return { json: { file, lines }, text: `${lines} lines are in ${file}` };
        }),
      ),
    );
  addAuditReadingCommands(audit, cli);
  audit
    .command('verify')
    .description('check every record and checkpoint, with nothing but the public key')
    .requiredOption('--public-key <file>', 'PEM, as `audit public-key` printed it once')
    .option('--file <file>', 'an evidence file; default: the live database')
    .option('--anchor <file>', 'anchors, as KEYWARDEN_AUDIT_ANCHOR_FILE has gathered them')
    .option(
      '--as-of <time>',
      'when the next checkpoint must not be overdue; `never` does not ask; default: now',
      timeArgument,
      Date.now(),
    )
    .addHelpText('after', verifyExamples)
    .action(cli.answers((options: VerifyOptions) => verify(cli, options)));
  audit
    .command('retain')
    .description('remove whole days of records that are older, after a signed statement of where the trail is cut')
    .requiredOption('--days <days>', 'how many days stay', daysArgument)
    .addHelpText('after', '\nExample:\n  $ keywarden audit retain --days 400')
    .action(
      cli.answers(({ days }: { readonly days: number }) =>
        withFoundation(cli.environment, async (foundation, configuration) => {
          const { store } = foundation;
          const checkpointer = openCheckpointer(foundation, configuration);
          const { verify: verifier } = foundation.auditKeys;
          const parts = { archive: store.auditArchive, checkpointer, digest: auditDigest, verify: verifier };
          const report = await retain(parts, systemClock.now(), days);
          const { before, daysRemoved, checkpointsRemoved, keptFor } = report;
          const cut = before === undefined ? undefined : new Date(before).toISOString();
          const text =
            cut === undefined
              ? 'nothing is old enough'
              : `${daysRemoved} days before ${cut} are removed, and ${checkpointsRemoved} checkpoints`;
          const kept = keptFor && `old checkpoints are kept, because something is wrong: ${findingLine(keptFor)}`;
          return {
            json: { before: cut, daysRemoved, checkpointsRemoved },
            text,
            ...(kept !== undefined && { failed: kept }),
          };
        }),
      ),
    );
}

async function verify(cli: Cli, { publicKey, file, anchor, asOf }: VerifyOptions): Promise<Answer> {
  const trusted = await refusingFiles(async () => checkpointTrust(await readFile(publicKey, 'utf8')));
  const options = { now: asOf, anchors: anchor === undefined ? [] : await anchorsIn(anchor) };
  const started = performance.now();
  const report =
    file === undefined
      ? await withDatabase(cli.environment, async ({ auditArchive, signingKeys }) =>
          verifyTrail(auditArchive, auditDigest, trusted(await signingKeys.list()), options),
        )
      : await refusingFiles(() => {
          const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
          return verifyEvidence(lines, auditDigest, trusted, options);
        });
  return answerOf(report, (performance.now() - started) / 1_000);
}

async function anchorsIn(path: string): Promise<readonly Anchor[]> {
  const anchors = readAnchors(await refusingFiles(() => readFile(path, 'utf8')));
  if (anchors === undefined) throw new CommandRefused(`${path} is not a file of anchors`);
  return anchors;
}

function answerOf(report: VerificationReport, seconds: number): Answer {
  const { findings, checkpoints, chains, records, notYetCovered, coveredUntil, silences, anchorsTooOld } = report;
  const until = coveredUntil === undefined ? 'never' : new Date(coveredUntil).toISOString();
  const rate = Math.round(records / Math.max(seconds, 0.001));
  const lines = [
    ...findings.map(findingLine),
    `${records} records in ${chains} chains under ${checkpoints} checkpoints, ${rate} a second`,
    `covered until ${until}; ${notYetCovered} records after that`,
    ...(anchorsTooOld > 0 ? [`${anchorsTooOld} anchors are of checkpoints that retention has removed`] : []),
    ...silences.map(
      ({ from, to }) => `no checkpoint from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
    ),
  ];
  const [first] = findings;
  return {
    json: { whole: first === undefined, ...report, recordsPerSecond: rate },
    text: lines.join('\n'),
    ...(first !== undefined && { failed: `the audit trail is not whole: ${findingLine(first)}` }),
  };
}

function findingLine({ kind, chain, detail }: Finding): string {
  return `${kind}: ${detail}${chain === undefined ? '' : ` (chain ${chain})`}`;
}

/** What is wrong with a file somebody named is theirs to know. */
async function refusingFiles<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (error instanceof MalformedEvidence) throw new CommandRefused(message);
    if (code !== undefined && path !== undefined) throw new CommandRefused(`${path} cannot be used: ${code}`);
    if (error instanceof Error && /public key|Ed25519/.test(message)) throw new CommandRefused(message);
    throw error;
  }
}

function timeArgument(text: string): number | undefined {
  if (text === 'never') return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('A time is written in ISO 8601, or `never`.');
  return time;
}

function daysArgument(text: string): number {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) throw new InvalidArgumentError('Days are a whole number from 1 on.');
  return Number(text);
}

const verifyExamples = `
Says what is wrong, first things first, and ends with exit code 1 when anything is.

Examples:
  $ keywarden audit verify --public-key audit-keys.pem --anchor anchors.jsonl
  $ keywarden audit verify --public-key audit-keys.pem --file audit-2026-06.jsonl --as-of never`;
