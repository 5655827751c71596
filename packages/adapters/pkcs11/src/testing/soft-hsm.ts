import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a token says of a key. */
export interface KeyInToken {
  readonly count: number;
  readonly label: string;
  readonly sensitive: boolean;
  readonly alwaysSensitive: boolean;
  readonly neverExtractable: boolean;
  readonly extractable: boolean;
  readonly wrap: boolean;
  readonly derive: boolean;
  readonly valueReadable: boolean;
}

/** Where distributions put the module; the Debian package is `softhsm2`. */
const places = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

/** A SoftHSM with tokens of its own in a new folder; told to modules through `SOFTHSM2_CONF`. */
export class SoftHsm {
  readonly module: string;
  readonly configuration: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'keywarden-softhsm-'));

  /** @throws Error when SoftHSM is not installed */
  constructor() {
    const module = places.find(existsSync);
    if (module === undefined) throw new Error('SoftHSM 2 is missing: install the package softhsm2');
    this.module = module;
    this.configuration = join(this.#folder, 'softhsm2.conf');
    mkdirSync(this.#tokens);
    writeFileSync(
      this.configuration,
      `directories.tokendir = ${this.#tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
    );
  }

  get #tokens(): string {
    return join(this.#folder, 'tokens');
  }

  /** @param pin 4 to 255 characters */
  addToken(label: string, pin: string): void {
    execFileSync(
      'softhsm2-util',
      ['--init-token', '--free', '--label', label, '--so-pin', 'security-officer', '--pin', pin],
      { env: { ...process.env, SOFTHSM2_CONF: this.configuration }, stdio: 'ignore', timeout: 30_000 },
    );
  }

  /** Looks at a key from outside, in a process of its own: the module keeps its settings for the life of a process. */
  async inspect(pin: string, id: string): Promise<KeyInToken> {
    return JSON.parse(await this.#script(inspecting, pin, id)) as KeyInToken;
  }

  /** How many keys with this id there are, seen from outside. */
  async count(pin: string, id: string): Promise<number> {
    return Number(await this.#script(counting, pin, id));
  }

  /** Puts a key into the first token whose bytes a test knows. */
  async importKey(pin: string, id: string, value: Buffer, label = ''): Promise<void> {
    await this.#script(importing, pin, id, value.toString('hex'), label);
  }

  async #script(source: string, ...values: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, ['-e', opening + source, this.module, ...values], {
      env: { ...process.env, SOFTHSM2_CONF: this.configuration },
      cwd: __dirname,
      timeout: 60_000,
    });
    return stdout;
  }

  /** The token is pulled out. */
  takeAway(): void {
    renameSync(this.#tokens, `${this.#tokens}-away`);
    mkdirSync(this.#tokens);
  }

  /** And plugged in again. */
  bringBack(): void {
    rmSync(this.#tokens, { recursive: true });
    renameSync(`${this.#tokens}-away`, this.#tokens);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Session `s` with the token of the given PIN; `p` are the constants, `m` is the module. */
const opening = `
  const p = require('pkcs11js');
  const [path, pin, id, hex, label] = process.argv.slice(1);
  const m = new p.PKCS11();
  m.load(path);
  m.C_Initialize();
  const slot = m.C_GetSlotList(true).find((one) => m.C_GetTokenInfo(one).flags & p.CKF_TOKEN_INITIALIZED);
  const s = m.C_OpenSession(slot, p.CKF_SERIAL_SESSION | p.CKF_RW_SESSION);
  m.C_Login(s, p.CKU_USER, pin);
`;

const finding = `
  m.C_FindObjectsInit(s, [{ type: p.CKA_ID, value: Buffer.from(id) }]);
  const found = m.C_FindObjects(s, 5);
  m.C_FindObjectsFinal(s);
`;

const counting = `${finding} console.log(String(found.length));`;

const inspecting = `
  ${finding}
  const read = (type) => m.C_GetAttributeValue(s, found[0], [{ type }])[0].value;
  const flag = (type) => read(type)[0] === 1;
  let valueReadable = true;
  try { read(p.CKA_VALUE); } catch { valueReadable = false; }
  console.log(JSON.stringify({
    count: found.length,
    label: read(p.CKA_LABEL).toString(),
    sensitive: flag(p.CKA_SENSITIVE),
    alwaysSensitive: flag(p.CKA_ALWAYS_SENSITIVE),
    neverExtractable: flag(p.CKA_NEVER_EXTRACTABLE),
    extractable: flag(p.CKA_EXTRACTABLE),
    wrap: flag(p.CKA_WRAP),
    derive: flag(p.CKA_DERIVE),
    valueReadable,
  }));
`;

const importing = `
  m.C_CreateObject(s, [
    { type: p.CKA_CLASS, value: p.CKO_SECRET_KEY },
    { type: p.CKA_KEY_TYPE, value: p.CKK_AES },
    { type: p.CKA_TOKEN, value: true },
    { type: p.CKA_DECRYPT, value: true },
    { type: p.CKA_ID, value: Buffer.from(id) },
    { type: p.CKA_LABEL, value: label },
    { type: p.CKA_VALUE, value: Buffer.from(hex, 'hex') },
  ]);
`;
