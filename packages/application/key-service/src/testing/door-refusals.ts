import type { Result } from '@keywarden/kernel';
import { refused } from '@keywarden/kernel/testing';
import { type KmsKey, arnOf, disabled } from '@keywarden/keys';
import { type OperationSuite, operationSuite } from './operation-suite';

type Call = (
  suite: OperationSuite,
  keyId: string,
  stranger?: boolean,
) => Promise<Result<unknown, { readonly code: string }>>;

/** What every operation on one key refuses before it looks at anything of its own. */
export function describeDoor(key: KmsKey, aliases: 'resolved' | 'refused', call: Call): void {
  it('refuses an unknown key, a malformed name and an ARN of another Region', async () => {
    const suite = operationSuite();
    expect(refused(await call(suite, key.id))).toEqual({ code: 'KeyNotFound', keyArn: arnOf(key) });
    expect(refused(await call(suite, 'no key'))).toMatchObject({ code: 'KeyReferenceMalformed' });
    const arn = arnOf(key).replace(key.region, 'us-west-1');
    expect(refused(await call(suite, arn))).toEqual({ code: 'ArnOfAnotherRegion', region: 'us-west-1' });
  });

  it(`has aliases ${aliases}`, async () => {
    const code = aliases === 'resolved' ? 'AliasNotFound' : 'AliasNotSupported';
    expect(refused(await call(operationSuite(key), 'alias/none'))).toMatchObject({ code });
  });

  it('refuses the caller of another account', async () => {
    const refusal = refused(await call(operationSuite(key), arnOf(key), true));
    expect(refusal).toMatchObject({ code: 'AccessDenied' });
  });
}

/** What every cryptographic operation refuses because of the state of the key. */
export function describeUnusable(key: KmsKey, call: Call): void {
  it('refuses a disabled key', async () => {
    const refusal = refused(await call(operationSuite({ ...key, state: disabled }), key.id));
    expect(refusal).toEqual({ code: 'KeyDisabled', keyArn: arnOf(key) });
  });

  describePendingImport(key, call);
}

export function describePendingImport(key: KmsKey, call: Call): void {
  it('refuses a key pending import', async () => {
    const refusal = refused(await call(operationSuite({ ...key, state: { kind: 'PendingImport' } }), key.id));
    expect(refusal).toEqual({ code: 'KeyInState', keyArn: arnOf(key), state: 'PendingImport' });
  });
}
