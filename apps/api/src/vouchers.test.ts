import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from '@keywarden/config';
import { readVouchers } from './vouchers';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-vouchers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const reading = (environment: Record<string, string>) => readVouchers(readConfiguration(environment));

it('are nobody unless told', async () => {
  expect(await reading({})).toEqual({});
});

it('are the issuers of the file', async () => {
  const path = join(folder, 'issuers.json');
  const accounts = { '111122223333': ['sts.amazonaws.com'] };
  const issuers = [{ issuer: 'https://token.example.com', accounts, jwksUrl: 'https://token.example.com/keys' }];
  await writeFile(path, JSON.stringify({ issuers }));
  const { webIdentities } = await reading({ KEYWARDEN_OIDC_ISSUERS_FILE: path });
  expect(webIdentities?.providers).toMatchObject([{ account: '111122223333', issuer: 'https://token.example.com' }]);
});

it.each([
  ['KEYWARDEN_OIDC_ISSUERS_FILE', '{"issuers":[{}]}', /cannot be used: issuers\.0\.issuer /],
  ['KEYWARDEN_ATTESTATION_ROOTS_FILE', 'no certificate', /cannot be used: /],
])('end the start with one line when %s is wrong or missing', async (name, content, line) => {
  const path = join(folder, 'file');
  await expect(reading({ [name]: path })).rejects.toThrow(`${name} ${path} cannot be used: no such file or directory`);
  await writeFile(path, content);
  await expect(reading({ [name]: path })).rejects.toThrow(line);
  await expect(reading({ [name]: path })).rejects.toMatchObject({ name: 'StartupError' });
});
