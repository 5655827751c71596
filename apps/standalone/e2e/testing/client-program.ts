import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Keywarden } from '@keywarden/harness';

/** Programs in the languages of other clients. */
export const programs = join(__dirname, '../clients');

/** What a program said of one of its checks; `failed` is absent for one that held. */
export interface Outcome {
  readonly name: string;
  readonly failed?: string;
}

/** The settings by which every AWS SDK finds the service and its credentials. */
export const sdkEnvironment = ({ endpoint, region, credentials }: Keywarden): Record<string, string> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/**
 * Runs a program that prints a line of JSON for each of its checks.
 *
 * @throws with what it printed when it cannot be run, ends badly or takes longer than 4 minutes
 */
export async function outcomesOf(
  program: string,
  args: readonly string[],
  service: Keywarden,
  environment: Readonly<Record<string, string>> = {},
  cwd = programs,
): Promise<readonly Outcome[]> {
  const base = { PATH: process.env.PATH, HOME: process.env.HOME, PYTHONDONTWRITEBYTECODE: '1' };
  const env = { ...base, ...sdkEnvironment(service), ...environment };
  const { stdout } = await promisify(execFile)(program, [...args], { timeout: 240_000, env, cwd });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Outcome);
}

/** One test for all checks of a program, which says of each that failed why. */
export function expectAllHeld(outcomes: readonly Outcome[], names: readonly string[]): void {
  expect(outcomes.filter(({ failed }) => failed !== undefined)).toEqual([]);
  expect(outcomes.map(({ name }) => name)).toEqual(names);
}
