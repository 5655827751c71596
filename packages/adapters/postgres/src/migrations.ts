import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One numbered step of the schema. */
export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text in hexadecimal, line ends counted as LF. */
  readonly checksum: string;
  /**
   * The highest migration a release must at least know to run on a database that has this one. A release that does not
   * know a migration still runs when this says so, which is what lets two neighbouring releases share a database.
   */
  readonly needs: number;
}

const filePattern = /^([0-9]{4})_([a-z0-9_]+)\.sql$/;
const needsPattern = /^-- needs: ([0-9]+)$/m;

/** Beside both `src` and `dist`. */
export const migrationsFolder = join(__dirname, '../migrations');

/** @throws Error when a file has another name, or a number is missing or given twice */
export function readMigrations(folder: string = migrationsFolder): readonly Migration[] {
  const files = readdirSync(folder).sort();
  return files.map((file, index) => {
    const [, digits, name] = filePattern.exec(file) ?? [];
    if (name === undefined || Number(digits) !== index + 1) {
      throw new Error(`${file} is not the migration number ${index + 1}: NNNN_name.sql, numbered without gaps`);
    }
    return migrationOf(index + 1, name, readFileSync(join(folder, file), 'utf8'));
  });
}

export function migrationOf(number: number, name: string, text: string): Migration {
  const sql = text.replaceAll('\r\n', '\n');
  const checksum = createHash('sha256').update(sql).digest('hex');
  return { number, name, sql, checksum, needs: Number(needsPattern.exec(sql)?.[1] ?? number) };
}
