import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Pkcs11Library } from './pkcs11-library';
import { TokenSession } from './token-session';

interface Gcm {
  readonly iv: Buffer;
  readonly aad: Buffer;
}

/** `given`: takes IVs, as most. `made`: makes them and writes them where zeros are, as AWS CloudHSM. `silent`: neither. */
type IvHabit = 'given' | 'made' | 'silent';

const failing = (code: number): Error => Object.assign(new Error(`CKR ${code}`), { code });

/** A module with one token and one key in it, which treats IVs as tokens do. */
class FakeToken {
  static habit: IvHabit = 'given';
  static readonly ivsGiven: string[] = [];
  readonly #key = Buffer.alloc(32, 9);
  #parameter: Gcm | undefined;

  load(): void {}
  C_Initialize(): void {}
  C_GetSlotList = () => [1];
  C_GetTokenInfo = () => ({ label: 'keywarden'.padEnd(32) });
  C_GetMechanismList = () => ['generate', 'gcm'];
  C_OpenSession = () => 'session';
  C_Login(): void {}
  C_FindObjectsInit(): void {}
  C_FindObjects = () => ['key'];
  C_FindObjectsFinal(): void {}
  C_GetSessionInfo(): void {}

  C_EncryptInit(_session: unknown, { parameter }: { parameter: Gcm }): void {
    FakeToken.ivsGiven.push(parameter.iv.toString('hex'));
    const zero = parameter.iv.every((byte) => byte === 0);
    if (FakeToken.habit !== 'given' && !zero) throw failing(0x71);
    this.#parameter = parameter;
  }

  C_Encrypt(_session: unknown, data: Buffer, out: Buffer): Buffer {
    const { iv, aad } = this.#parameter!;
    if (FakeToken.habit === 'made') randomBytes(12).copy(iv);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv, { authTagLength: 16 }).setAAD(aad);
    const sealed = Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
    sealed.copy(out);
    return out.subarray(0, sealed.length);
  }

  C_DecryptInit(_session: unknown, { parameter }: { parameter: Gcm }): void {
    this.#parameter = parameter;
  }

  C_Decrypt(_session: unknown, data: Buffer): Buffer {
    const { iv, aad } = this.#parameter!;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, iv, { authTagLength: 16 });
    decipher.setAAD(aad).setAuthTag(data.subarray(-16));
    try {
      return Buffer.concat([decipher.update(data.subarray(0, -16)), decipher.final()]);
    } catch {
      throw failing(0x40);
    }
  }
}

const library = {
  PKCS11: FakeToken,
  CKM_AES_KEY_GEN: 'generate',
  CKM_AES_GCM: 'gcm',
  CKF_SERIAL_SESSION: 1,
  CKF_RW_SESSION: 2,
} as unknown as Pkcs11Library;

const aad = Buffer.from('where it belongs');
const secret = Buffer.alloc(32, 7);
const zeros = '00'.repeat(12);
let session: TokenSession;
beforeEach(() => {
  FakeToken.ivsGiven.length = 0;
  session = TokenSession.open(library, { module: '/m.so', token: 'keywarden' }, Buffer.from('1234'), undefined);
});

const encrypt = () => session.do({ kind: 'encrypt', key: 'root', data: secret, aad });

describe('a token that takes IVs', () => {
  it('is given another one each time, and never zeros', () => {
    FakeToken.habit = 'given';
    const ivs = [1, 2, 3].map(() => {
      const done = encrypt();
      if (!done.ok) throw new Error(done.fault);
      return Buffer.from(done.iv!).toString('hex');
    });
    expect(new Set(ivs).size).toBe(3);
    expect(FakeToken.ivsGiven).toEqual(ivs);
    expect(ivs).not.toContain(zeros);
  });
});

describe('a token that makes IVs itself', () => {
  it('is given zeros, and the IV it wrote there opens what it sealed', () => {
    FakeToken.habit = 'made';
    const ivs = [1, 2, 3].map(() => {
      const done = encrypt();
      if (!done.ok) throw new Error(done.fault);
      const { iv, data } = done;
      const opened = session.do({ kind: 'decrypt', key: 'root', iv: iv!, data: data!, aad });
      expect(opened).toEqual({ ok: true, data: secret });
      return Buffer.from(iv!).toString('hex');
    });
    expect(new Set([...ivs, zeros]).size).toBe(4);
    // Found out once.
    expect(FakeToken.ivsGiven.map((iv) => iv === zeros)).toEqual([false, true, true, true]);
    FakeToken.ivsGiven.length = 0;
    expect(session.do({ kind: 'decrypt', key: 'root', iv: Buffer.alloc(12, 1), data: Buffer.alloc(48), aad })).toEqual({
      ok: false,
      fault: 'refused',
    });
  });

  it('is not believed when it used the zeros, and is asked as the others the next time', () => {
    FakeToken.habit = 'silent';
    expect(encrypt()).toEqual({ ok: false, fault: 'lost' });
    FakeToken.habit = 'given';
    expect(encrypt()).toMatchObject({ ok: true });
    expect(FakeToken.ivsGiven.map((iv) => iv === zeros)).toEqual([false, true, false]);
  });
});
