export type { Recipient, RecipientIdentity } from './backup-file';
export { DamagedBackup } from './chunk-cipher';
export type { Manifest, TableDigest } from './manifest';
export { type TableSink, readBackup } from './read-backup';
export { type BackupSource, RowCounter, writeBackup } from './write-backup';
