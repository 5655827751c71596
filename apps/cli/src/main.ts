import '@keywarden/runtime/node-version';
import { secretsFrom } from './ask-secret';
import { runCli } from './run-cli';

// An end by signal still runs the exit handlers, which stop a database that was started for the command.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

void runCli(process.argv.slice(2), {
  environment: process.env,
  writeOut: (text) => process.stdout.write(text),
  writeErr: (text) => process.stderr.write(text),
  askSecret: secretsFrom(process.stdin, (text) => process.stderr.write(text)),
}).then((code) => {
  process.exitCode = code;
});
