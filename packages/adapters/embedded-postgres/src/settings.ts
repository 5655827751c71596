/** Settings the supervisor itself depends on, or that keep the server private to this machine. */
const reserved = new Set([
  'listen_addresses',
  'port',
  'unix_socket_directories',
  'data_directory',
  'hba_file',
  'ident_file',
  'external_pid_file',
  'logging_collector',
  'log_min_error_statement',
  'log_error_verbosity',
]);

/**
 * Refuses settings that are not names of `postgresql.conf`, or are the supervisor's own.
 *
 * @throws TypeError which is a programming error: settings are not an operator's input
 */
export function checkedSettings(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const name of Object.keys(settings)) {
    if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/.test(name)) throw new TypeError(`not a Postgres setting: ${name}`);
    if (reserved.has(name)) throw new TypeError(`the setting ${name} belongs to the supervisor`);
  }
  return settings;
}
