import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const page = read('docs/clients.md');
const [, byTests = '', byHand = ''] = page.split(/^## /m);
const rowsOf = (section: string) =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| client') && !line.startsWith('| ---'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, client = '', version = '', , test = '']) => ({ client, version, test }));

const modules = (JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }).devDependencies;
const python = new Map(
  read('apps/standalone/e2e/clients/requirements.txt')
    .split('\n')
    .flatMap((line) => (line.includes('==') ? [line.split('==') as [string, string]] : [])),
);
const pins: Readonly<Record<string, string | undefined>> = {
  'AWS SDK for JavaScript v3': modules['@aws-sdk/client-kms'],
  'AWS CLI v1': python.get('awscli'),
  boto3: python.get('boto3'),
  'AWS SDK for Go v2 (`service/kms`)': /service\/kms v(\S+)/.exec(read('apps/standalone/e2e/clients/go/go.mod'))?.[1],
  'AWS Encryption SDK for JavaScript': modules['@aws-crypto/client-node'],
  'AWS Encryption SDK for Python': python.get('aws-encryption-sdk'),
  curl: 'installed',
};

it('lists the clients that tests drive, at the versions that are installed', () => {
  expect(Object.fromEntries(rowsOf(byTests).map(({ client, version }) => [client, version]))).toEqual(pins);
});

it('says for each which test drives it', () => {
  for (const { test } of rowsOf(byTests)) {
    const files = [...test.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  }
});

it('says at which version each of the others was driven', () => {
  const rows = rowsOf(byHand);
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(({ version }) => !/\d+\.\d+/.test(version))).toEqual([]);
});

it('installs nothing in Python that is not pinned', () => {
  const lines = read('apps/standalone/e2e/clients/requirements.txt').split('\n').slice(1);
  expect(lines.filter((line) => line !== '' && !/^[\w.-]+==[\w.]+$/.test(line))).toEqual([]);
});
