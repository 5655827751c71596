import type { Handle, PKCS11, Template } from 'pkcs11js';
import type { Pkcs11Library } from './pkcs11-library';
import {
  alreadyInitialised,
  isBadHandle,
  loginFault,
  mayBeRefusal,
  mayRefuseIv,
  rvOf,
  userAlreadyLoggedIn,
} from './return-values';
import { type NextIv, countedIvs, randomIvs } from './token-ivs';
import type { TokenFault, TokenPlace, TokenWork, WorkOutcome } from './token-protocol';

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
const handlesKept = 10_000;
type Encryption = Extract<TokenWork, { kind: 'encrypt' }>;
const lost: WorkOutcome = { ok: false, fault: 'lost' };

/** The token could not be opened; the fault says why. */
export class TokenUnusable extends Error {
  constructor(readonly fault: TokenFault) {
    super(fault);
    this.name = 'TokenUnusable';
  }
}

class KeyNotFound extends Error {}

/** One session with a token, in the one process that has the module loaded. All calls block. */
export class TokenSession {
  readonly #handles = new Map<string, Handle>();
  #makesIvs = false;

  private constructor(
    private readonly library: Pkcs11Library,
    private readonly module: PKCS11,
    private readonly session: Handle,
    private readonly keysBy: 'CKA_ID' | 'CKA_LABEL',
    private readonly nextIv: NextIv,
  ) {}

  /**
   * @param pin of the user; absent to only look whether the token is there and can do what it must
   * @param ivField what the IVs of this session begin with; absent for random ones
   * @throws TokenUnusable
   */
  static open(
    library: Pkcs11Library,
    place: TokenPlace,
    pin: Uint8Array | undefined,
    ivField: Uint8Array | undefined,
  ): TokenSession {
    const module = loadModule(library, place.module);
    const slot = findSlot(module, place.token);
    checkMechanisms(library, module, slot);
    const flags = library.CKF_SERIAL_SESSION | library.CKF_RW_SESSION;
    const session = attempt('TokenMissing', () => module.C_OpenSession(slot, flags));
    if (pin !== undefined) logIn(library, module, session, pin);
    const nextIv = ivField === undefined ? randomIvs : countedIvs(ivField);
    return new TokenSession(library, module, session, place.keysBy ?? 'CKA_ID', nextIv);
  }

  do(work: TokenWork): WorkOutcome {
    try {
      return this.#do(work);
    } catch (error) {
      if (error instanceof KeyNotFound) return { ok: false, fault: 'keyNotFound' };
      const refusable = work.kind === 'decrypt' && mayBeRefusal(error);
      return refusable && this.#alive(work.key) ? { ok: false, fault: 'refused' } : lost;
    }
  }

  #do(work: TokenWork): WorkOutcome {
    switch (work.kind) {
      case 'generate':
        if (this.#find(work.key).length === 0) this.#generate(work.key);
        return { ok: true };
      case 'find':
        this.#handleOf(work.key);
        return { ok: true };
      case 'inspect': {
        const found = this.#find(work.key);
        if (found.length === 0) throw new KeyNotFound();
        const fit = found.length === 1 && this.#find(work.key, this.#bound()).length === 1;
        return fit ? { ok: true } : { ok: false, fault: 'keyUnfit' };
      }
      case 'destroy':
        for (const handle of this.#find(work.key)) this.module.C_DestroyObject(this.session, handle);
        this.#handles.delete(work.key);
        return { ok: true };
      case 'random':
        return { ok: true, data: this.module.C_GenerateRandom(this.session, Buffer.alloc(work.length)) };
      case 'encrypt':
        return this.#withKey(work.key, (handle) => this.#encrypt(work, handle));
      case 'decrypt': {
        const data = this.#withKey(work.key, (handle) => {
          this.module.C_DecryptInit(this.session, this.#gcm(work.iv, work.aad), handle);
          return this.module.C_Decrypt(this.session, asBuffer(work.data), Buffer.alloc(work.data.length));
        });
        return { ok: true, data };
      }
    }
  }

  /**
   * Some tokens take no IV: AWS CloudHSM makes it, and writes it where 12 zero bytes are given instead. Zeros are never
   * given to a token that takes IVs, and what comes back is not used when they are still there.
   */
  #encrypt({ data, aad }: Pick<Encryption, 'data' | 'aad'>, key: Handle): WorkOutcome {
    const iv = this.#makesIvs ? Buffer.alloc(ivBytes) : this.nextIv();
    if (iv === undefined) return lost;
    try {
      this.module.C_EncryptInit(this.session, this.#gcm(iv, aad), key);
    } catch (error) {
      if (this.#makesIvs || !mayRefuseIv(error)) throw error;
      this.#makesIvs = true;
      return this.#encrypt({ data, aad }, key);
    }
    const sealed = this.module.C_Encrypt(this.session, asBuffer(data), Buffer.alloc(data.length + tagBytes));
    if (iv.some((byte) => byte !== 0)) return { ok: true, iv, data: sealed };
    this.#makesIvs = false;
    return lost;
  }

  /** A handle that was kept may be stale: then the key is looked for once more. */
  #withKey<T>(key: string, use: (handle: Handle) => T): T {
    try {
      return use(this.#handleOf(key));
    } catch (error) {
      if (!isBadHandle(error)) throw error;
      this.#handles.delete(key);
      return use(this.#handleOf(key));
    }
  }

  #handleOf(key: string): Handle {
    const kept = this.#handles.get(key);
    if (kept !== undefined) return kept;
    const [handle] = this.#find(key);
    if (handle === undefined) throw new KeyNotFound();
    if (this.#handles.size >= handlesKept) this.#handles.clear();
    this.#handles.set(key, handle);
    return handle;
  }

  #find(key: string, attributes: Template = []): readonly Handle[] {
    const { CKA_CLASS, CKO_SECRET_KEY } = this.library;
    this.module.C_FindObjectsInit(this.session, [
      { type: CKA_CLASS, value: CKO_SECRET_KEY },
      { type: this.library[this.keysBy], value: Buffer.from(key) },
      ...attributes,
    ]);
    try {
      return this.module.C_FindObjects(this.session, 16);
    } finally {
      this.module.C_FindObjectsFinal(this.session);
    }
  }

  /** What an AES-256 key has that never leaves the token. */
  #bound(): Template {
    const p = this.library;
    return [
      { type: p.CKA_KEY_TYPE, value: p.CKK_AES },
      { type: p.CKA_VALUE_LEN, value: keyBytes },
      { type: p.CKA_TOKEN, value: true },
      { type: p.CKA_SENSITIVE, value: true },
      { type: p.CKA_EXTRACTABLE, value: false },
    ];
  }

  /** Never leaves the token: sensitive, not extractable, made inside. */
  #generate(key: string): void {
    const p = this.library;
    const handle = this.module.C_GenerateKey(this.session, { mechanism: p.CKM_AES_KEY_GEN }, [
      { type: p.CKA_CLASS, value: p.CKO_SECRET_KEY },
      { type: p.CKA_KEY_TYPE, value: p.CKK_AES },
      { type: p.CKA_TOKEN, value: true },
      { type: p.CKA_PRIVATE, value: true },
      { type: p.CKA_SENSITIVE, value: true },
      { type: p.CKA_EXTRACTABLE, value: false },
      { type: p.CKA_MODIFIABLE, value: false },
      { type: p.CKA_ENCRYPT, value: true },
      { type: p.CKA_DECRYPT, value: true },
      { type: p.CKA_SIGN, value: false },
      { type: p.CKA_VERIFY, value: false },
      { type: p.CKA_WRAP, value: false },
      { type: p.CKA_UNWRAP, value: false },
      { type: p.CKA_DERIVE, value: false },
      { type: p.CKA_VALUE_LEN, value: keyBytes },
      { type: p.CKA_LABEL, value: key },
      { type: p.CKA_ID, value: Buffer.from(key) },
    ]);
    this.#handles.set(key, handle);
  }

  #gcm(iv: Uint8Array, aad: Uint8Array) {
    const { CKM_AES_GCM, CK_PARAMS_AES_GCM_v240 } = this.library;
    const parameter = {
      type: CK_PARAMS_AES_GCM_v240,
      iv: asBuffer(iv),
      aad: asBuffer(aad),
      ivBits: iv.length * 8,
      tagBits: tagBytes * 8,
    };
    return { mechanism: CKM_AES_GCM, parameter };
  }

  /** Is it the ciphertext that was wrong, and not the token? */
  #alive(key: string): boolean {
    try {
      this.module.C_GetSessionInfo(this.session);
      return this.#find(key).length > 0;
    } catch {
      return false;
    }
  }
}

function attempt<T>(fault: TokenFault, work: () => T): T {
  try {
    return work();
  } catch {
    throw new TokenUnusable(fault);
  }
}

function loadModule(library: Pkcs11Library, path: string): PKCS11 {
  const module = new library.PKCS11();
  attempt('ModuleUnusable', () => module.load(path));
  try {
    module.C_Initialize();
  } catch (error) {
    if (rvOf(error) !== alreadyInitialised) throw new TokenUnusable('ModuleUnusable');
  }
  return module;
}

/** Labels are padded with blanks to 32 bytes. */
function findSlot(module: PKCS11, token: string): Handle {
  const slots = attempt('TokenMissing', () => module.C_GetSlotList(true));
  const found = slots.find((slot) => labelOf(module, slot) === token.trimEnd());
  if (found === undefined) throw new TokenUnusable('TokenMissing');
  return found;
}

function labelOf(module: PKCS11, slot: Handle): string | undefined {
  try {
    return module.C_GetTokenInfo(slot).label.trimEnd();
  } catch {
    return undefined;
  }
}

function checkMechanisms(library: Pkcs11Library, module: PKCS11, slot: Handle): void {
  const offered = new Set(attempt('TokenMissing', () => module.C_GetMechanismList(slot)));
  const needed = [library.CKM_AES_KEY_GEN, library.CKM_AES_GCM];
  if (!needed.every((mechanism) => offered.has(mechanism))) throw new TokenUnusable('MechanismMissing');
}

function logIn(library: Pkcs11Library, module: PKCS11, session: Handle, pin: Uint8Array): void {
  try {
    module.C_Login(session, library.CKU_USER, asBuffer(pin).toString());
  } catch (error) {
    if (rvOf(error) !== userAlreadyLoggedIn) throw new TokenUnusable(loginFault(error));
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
