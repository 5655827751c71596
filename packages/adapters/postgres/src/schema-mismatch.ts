import type { Migration } from './migrations';

/** What the database says of a migration that was applied to it. */
export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly needs: number;
}

export type SchemaMismatchReason = 'NewerRelease' | 'ChangedMigration' | 'NotMigrated';

/** The schema of the database is not one this release can work with. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
  readonly reason: SchemaMismatchReason;

  constructor(reason: SchemaMismatchReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Compares what a database has with what this release knows.
 *
 * @returns the migrations that are still to be applied, in order
 * @throws SchemaMismatch when the database was migrated by a release this one cannot share it with, or by another text
 */
export function pendingMigrations(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  for (const { number, name, checksum, needs } of applied) {
    const mine = known.find((migration) => migration.number === number);
    if (mine === undefined && needs > known.length) {
      throw new SchemaMismatch(
        'NewerRelease',
        `the database was migrated by a newer release (migration ${number} ${name}); this one knows ${known.length}`,
      );
    }
    if (mine !== undefined && mine.checksum !== checksum) {
      throw new SchemaMismatch(
        'ChangedMigration',
        `migration ${number} ${name} of the database is not the one of this release: its checksum differs`,
      );
    }
  }
  const present = new Set(applied.map(({ number }) => number));
  return known.filter(({ number }) => !present.has(number));
}
