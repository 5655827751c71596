import { readFileSync } from 'node:fs';
import { instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { KeyState, StateKind } from './key-state';
import { arnOf } from './kms-key';
import { type KeyOperation, allowedInState, operationStates } from './operation-states';
import { aKmsKey } from './testing';

type Rule = (typeof operationStates)[KeyOperation][StateKind];

/**
 * How a cell of the published table (testdata/key-states.csv) reads at the level of the state alone:
 * - "fail[2] or [3]" names two error codes for one refusal; KMS answers with the form of [3], KMSInvalidStateException;
 * - a number that speaks of origin or spec ([6], [7], [9], [16], [17]) is a condition that the commands check after the
 *   state, so the state alone allows the operation; with a second number ("fail[1] or [7]") the state refuses first;
 * - [10] speaks of two keys: the row of UpdateAlias here is that of the new target, which must not wait for deletion.
 */
const readings: Readonly<Record<string, Rule | undefined>> = {
  ok: 'ok',
  'ok[12]': 'ok',
  'ok (no effect)': 'ok',
  'cond[7]': 'ok',
  'cond[9]': 'ok',
  'cond[16]': 'ok',
  'cond[17]': 'ok',
  'cond[10]': 'state',
  'fail[1]': 'disabled',
  'fail[1] or [7]': 'disabled',
  'fail[1] or [16]': 'disabled',
  'fail[2] or [3]': 'state',
  'fail[3]': 'state',
  'fail[3] or [7]': 'state',
  'fail[3] or [16]': 'state',
  'fail[8] or [9]': 'state',
  'fail[4]': 'notPendingDeletion',
  'fail[4][13]': 'notPendingDeletion',
  'fail[5]': 'state',
  'fail[11]': 'state',
  'fail[14]': 'state',
  'fail[15]': 'state',
  'fail[6]': 'ok',
  'fail[7]': 'ok',
  'fail[9]': 'ok',
  'fail[16]': 'ok',
};

const [header, ...rows] = readFileSync(`${__dirname}/../testdata/key-states.csv`, 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(','));
const states = header!.slice(1) as StateKind[];
const cells = rows.flatMap(([operation, ...columns]) =>
  columns.map((cell, index) => ({ operation: operation as KeyOperation, state: states[index]!, cell })),
);

const stateOf = (kind: StateKind): KeyState => {
  switch (kind) {
    case 'PendingDeletion':
      return { kind, deletionDate: instant(Date.UTC(2026, 1, 1)) };
    case 'PendingReplicaDeletion':
      return { kind, windowInDays: 7 };
    default:
      return { kind };
  }
};

describe('the key state table', () => {
  it.each(cells.filter(({ cell }) => cell !== 'n/a'))('$operation with a key that is $state: $cell', (row) => {
    expect(readings[row.cell!]).toBeDefined();
    expect(operationStates[row.operation][row.state]).toBe(readings[row.cell!]);
  });

  it('has a row for each published operation, and two for the newer ones', () => {
    const published = rows.map(([operation]) => operation);
    expect(Object.keys(operationStates).sort()).toEqual([...published, 'Decapsulate', 'Encapsulate'].sort());
    expect(states).toHaveLength(7);
  });

  it.each(['Encapsulate', 'Decapsulate'] as const)('treats %s like Encrypt', (operation) => {
    expect(operationStates[operation]).toEqual(operationStates.Encrypt);
  });

  it.each(Object.keys(operationStates) as KeyOperation[])(
    'reads PendingDeletion also as PendingReplicaDeletion: %s',
    (operation) => {
      expect(operationStates[operation].PendingReplicaDeletion).toBe(operationStates[operation].PendingDeletion);
    },
  );
});

describe('allowedInState', () => {
  const now = instant(Date.UTC(2026, 0, 15));

  it.each([
    ['Encrypt', 'Disabled', { code: 'KeyDisabled' }],
    ['Encrypt', 'PendingImport', { code: 'KeyInState', state: 'PendingImport' }],
    ['Encrypt', 'PendingReplicaDeletion', { code: 'KeyInState', state: 'PendingReplicaDeletion' }],
    ['CancelKeyDeletion', 'Enabled', { code: 'KeyNotPendingDeletion' }],
  ] as const)('refuses %s when the key is %s', (operation, kind, refusal) => {
    const key = aKmsKey({ state: stateOf(kind) });
    expect(refused(allowedInState(operation, key, now))).toEqual({ ...refusal, keyArn: arnOf(key) });
  });

  it('answers the state in which the operation is allowed', () => {
    expect(accepted(allowedInState('DescribeKey', aKmsKey({ state: stateOf('PendingDeletion') }), now))).toBe(
      'PendingDeletion',
    );
  });

  it.each(Object.keys(operationStates) as KeyOperation[])(
    'no longer finds a key whose window has ended: %s',
    (operation) => {
      const key = aKmsKey({ state: { kind: 'PendingDeletion', deletionDate: now } });
      expect(refused(allowedInState(operation, key, now))).toEqual({ code: 'KeyNotFound', keyArn: arnOf(key) });
    },
  );
});
