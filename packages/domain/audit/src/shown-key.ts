import { type KeyName, arnOf } from '@keywarden/keys';
import type { Tenancy } from '@keywarden/kernel';

/** A KMS key as records name it. */
export interface ShownKey {
  readonly arn: string;
  /** An entry of `resources`, as JSON. */
  readonly json: string;
}

/** A key is one object for as long as a node keeps it: its texts are made once, and not for each call. */
const shownKeys = new WeakMap<Tenancy & KeyName, ShownKey>();

export function shownKey(key: Tenancy & KeyName): ShownKey {
  let shown = shownKeys.get(key);
  if (shown === undefined) {
    const arn = arnOf(key);
    shownKeys.set(key, (shown = { arn, json: shownResource(key.account, 'Key', arn) }));
  }
  return shown;
}

/** An entry of `resources`, as JSON. */
export function shownResource(account: string, type: 'Key' | 'Alias', arn: string): string {
  return `{"accountId":"${account}","type":"AWS::KMS::${type}","ARN":${JSON.stringify(arn)}}`;
}
