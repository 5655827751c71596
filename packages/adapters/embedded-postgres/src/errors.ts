/** Why the embedded Postgres cannot be used; stable, meant for programs. */
export type EmbeddedPostgresErrorCode =
  /** No Postgres binaries are installed for this operating system and processor, or they cannot run here. */
  | 'NoBinaryForPlatform'
  /** The data folder cannot be made, entered or written. */
  | 'DataDirUnwritable'
  /** There is nothing to join: no server was ever started on the folder. */
  | 'NoCluster'
  /** Another live process supervises the same folder. */
  | 'DataDirInUse'
  /** What lies in the folder is not a cluster this package made; it was left as it is. */
  | 'DataDirCorrupt'
  /** The cluster was made by another major version of Postgres. */
  | 'VersionMismatch'
  /** Postgres could not be started in time; the message ends with what it said. */
  | 'StartFailed'
  /** Postgres did not end within the bound, fast and immediate shutdown both tried. */
  | 'StopFailed';

/** One clear sentence for the operator and a code for the program. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The `code` of a system error (`ENOENT`, `EACCES` …), if the thrown value has one; also for errors of another realm. */
export function systemCode(thrown: unknown): string | undefined {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
