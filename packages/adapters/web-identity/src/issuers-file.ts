import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { WebIdentities, WebIdentityProvider } from '@keywarden/identity-service';
import { type AccountId, type Clock, parseAccountId } from '@keywarden/kernel';
import * as v from 'valibot';
import { type IssuerConfig, type KeySource, type SignatureAlgorithm, signatureAlgorithms } from './issuer-config';
import { JoseWebIdentityTokens } from './jose-web-identity-tokens';
import { type WebIdentityLimits, defaultLimits } from './limits';
import { loadKeySet } from './load-key-set';
import { publicKeys } from './public-keys';

/** More than any list of issuers takes. */
const mostBytes = 1_048_576;

const text = v.pipe(v.string('must be text'), v.minLength(1, 'must not be empty'), v.maxLength(2_048, 'is too long'));
const audiences = v.pipe(
  v.array(text, 'must be a list'),
  v.minLength(1, 'must name an audience'),
  v.maxLength(100, 'names more than 100 audiences'),
);
const account = v.pipe(v.string(), v.regex(/^[0-9]{12}$/, 'is no account: twelve digits are'));

const issuer = v.strictObject({
  issuer: text,
  accounts: v.record(account, audiences, 'must name the accounts that believe the issuer, each with its audiences'),
  jwksUrl: v.optional(text),
  jwksFile: v.optional(text),
  algorithms: v.optional(v.array(v.picklist(signatureAlgorithms, 'is no signature algorithm'))),
});

const document = v.strictObject({
  issuers: v.pipe(v.array(issuer, 'must be a list'), v.maxLength(100, 'names more than 100 issuers')),
});

type WrittenIssuer = v.InferOutput<typeof issuer>;

/**
 * The OIDC issuers that accounts of this deployment believe, from a JSON file:
 *
 * ```json
 * { "issuers": [ {
 *   "issuer": "https://token.example.com",
 *   "accounts": { "111122223333": ["sts.amazonaws.com"] },
 *   "jwksUrl": "https://token.example.com/keys"
 * } ] }
 * ```
 *
 * In place of `jwksUrl`, `jwksFile` names a file with the keys, relative to this one. Key files are read now, so that a
 * mistake shows at once; URLs are not, as an issuer may be down.
 *
 * @throws Error with one line that says what is wrong and where
 */
export async function readIssuersFile(path: string, clock: Clock): Promise<WebIdentities> {
  const written = parseIssuers(await readText(path));
  const configs = written.map((one) => configOf(one, dirname(path)));
  const tokens = new JoseWebIdentityTokens(configs, clock);
  for (const { issuer: name, keys } of configs) if (keys.kind === 'File') await checkKeyFile(name, keys, defaultLimits);
  return { tokens, providers: written.flatMap(providersOf) };
}

function parseIssuers(json: string): readonly WrittenIssuer[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('it is no JSON');
  }
  const parsed = v.safeParse(document, value);
  if (parsed.success) return parsed.output.issuers;
  const [issue] = parsed.issues;
  const place = issue.path?.map(({ key }) => String(key)).join('.') ?? '';
  const unknown = issue.type === 'strict_object' && issue.expected === 'never';
  throw new Error(`${place === '' ? 'it' : place} ${unknown ? 'is not known' : issue.message}`);
}

function configOf(
  { issuer: name, accounts, jwksUrl, jwksFile, algorithms }: WrittenIssuer,
  folder: string,
): IssuerConfig {
  if (Object.keys(accounts).length === 0) throw new Error(`${name}: accounts are missing`);
  return {
    issuer: name,
    audiences: [...new Set(Object.values(accounts).flat())],
    keys: keySource(name, jwksUrl, jwksFile, folder),
    ...(algorithms !== undefined && { algorithms: algorithms as SignatureAlgorithm[] }),
  };
}

function keySource(name: string, url: string | undefined, file: string | undefined, folder: string): KeySource {
  if (url !== undefined && file === undefined) return { kind: 'Url', url };
  if (file !== undefined && url === undefined) return { kind: 'File', path: resolve(folder, file) };
  throw new Error(`${name}: one of jwksUrl and jwksFile is needed`);
}

function providersOf({ issuer: name, accounts }: WrittenIssuer): readonly WebIdentityProvider[] {
  return Object.entries(accounts).map(([digits, clientIds]) => ({
    account: parseAccountId(digits) as AccountId,
    issuer: name,
    clientIds,
  }));
}

async function checkKeyFile(
  name: string,
  source: KeySource & { kind: 'File' },
  limits: WebIdentityLimits,
): Promise<void> {
  try {
    publicKeys(await loadKeySet(source, limits));
  } catch (cause) {
    throw new Error(`${name}: the keys in ${source.path} cannot be used`, { cause });
  }
}

async function readText(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes + 1), 0, mostBytes + 1, 0);
    if (bytesRead > mostBytes) throw new Error('it is too large');
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
