import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationOf, readMigrations } from './migrations';
import { pendingMigrations } from './schema-mismatch';

const one = migrationOf(1, 'one', 'SELECT 1;\n');
const two = migrationOf(2, 'two', 'SELECT 2;\n');
const mismatch = (reason: string) => expect.objectContaining({ name: 'SchemaMismatch', reason });

describe('the migrations of the package', () => {
  it('are numbered from 1 without gaps', () => {
    const migrations = readMigrations();
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
  });

  /** A text that a database may have been migrated with is never edited again; what comes later is a migration more. */
  it.each([['keys', '0b67839abe123631']])('keep the text of %s', (name, checksum) => {
    const migration = readMigrations().find((known) => known.name === name);
    expect(migration?.checksum.slice(0, 16)).toBe(checksum);
  });

  describe('in a folder', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'migrations-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it.each([
      ['a gap', ['0001_a.sql', '0003_b.sql']],
      ['a number twice', ['0001_a.sql', '0001_b.sql']],
      ['another start', ['0002_a.sql']],
      ['another kind of file', ['0001_a.sql', 'notes.txt']],
    ])('are refused with %s', (_what, files) => {
      for (const file of files) writeFileSync(join(folder, file), '');
      expect(() => readMigrations(folder)).toThrow('is not the migration number');
    });
  });
});

describe('a migration', () => {
  it('has the same checksum whatever the line ends of a checkout', () => {
    expect(migrationOf(1, 'one', 'SELECT 1;\r\n')).toEqual(one);
  });

  it('needs releases that know it, unless it says that older ones will do', () => {
    expect(one.needs).toBe(1);
    expect(migrationOf(3, 'three', '-- Adds a column.\n-- needs: 2\nSELECT 3;').needs).toBe(2);
  });
});

describe('pendingMigrations', () => {
  it('are all of them on an empty database and none on an up-to-date one', () => {
    expect(pendingMigrations([one, two], [])).toEqual([one, two]);
    expect(pendingMigrations([one, two], [one])).toEqual([two]);
    expect(pendingMigrations([one, two], [one, two])).toEqual([]);
  });

  it('refuse a database of a newer release', () => {
    expect(() => pendingMigrations([one], [one, two])).toThrow(mismatch('NewerRelease'));
  });

  it('let the release before share a database whose newest migration it can live with', () => {
    expect(pendingMigrations([one], [one, { ...two, needs: 1 }])).toEqual([]);
  });

  it('refuse a database whose migration had another text', () => {
    const changed = migrationOf(1, 'one', 'SELECT 1; \n');
    expect(() => pendingMigrations([one, two], [changed])).toThrow(mismatch('ChangedMigration'));
  });
});
