export { type Answer, Cli, type Surroundings } from './cli';
export { CommandRefused } from './command-refused';
export { exitCodes, runCli } from './run-cli';
