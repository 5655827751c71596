import type { EntityAlreadyExists, LimitExceeded, NoSuchEntity } from '@keywarden/identity';
import type { Result } from '@keywarden/kernel';
import { CommandRefused } from './command-refused';

export type OperatorRefusal = NoSuchEntity | EntityAlreadyExists | LimitExceeded;

/** @throws CommandRefused with the refusal in words */
export function accepted<T>(result: Result<T, OperatorRefusal>): T {
  if (result.ok) return result.value;
  throw new CommandRefused(inWords(result.refusal));
}

function inWords(refusal: OperatorRefusal): string {
  switch (refusal.code) {
    case 'NoSuchEntity':
      return `there is no ${kindInWords(refusal.kind)} ${refusal.name}`;
    case 'EntityAlreadyExists':
      return `the ${kindInWords(refusal.kind)} ${refusal.name} exists already`;
    case 'LimitExceeded':
      return `the limit is reached: at most ${refusal.limit} of ${refusal.quota}`;
  }
}

const kindInWords = (kind: NoSuchEntity['kind']): string => kind.replaceAll('-', ' ');
