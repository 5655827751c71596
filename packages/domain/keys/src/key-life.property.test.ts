import fc from 'fast-check';
import { type Instant, type Result, days, instant, plusDays } from '@keywarden/kernel';
import { type ImportTerms, deleteImportedKeyMaterial, importKeyMaterial } from './import-material';
import { disableKey, enableKey } from './key-commands';
import { type WrappedMaterial, isPresent } from './key-material';
import { type StateKind, enabled, pendingImport } from './key-state';
import { type KmsKey, currentMaterial, stateAt } from './kms-key';
import { maintainKey } from './maintain-key';
import { nextDue } from './next-due';
import { checkOnDemandRotation, enableKeyRotation, isRotationDue, rotateFamily } from './rotation';
import { cancelKeyDeletion, scheduleKeyDeletion } from './schedule-key-deletion';
import { aKeyMaterial, aKmsKey, aMaterialId } from './testing';

const start = instant(Date.UTC(2026, 0, 1));

/** The state diagram of a single-Region key without a key store: every step a command or time may take. */
const diagram: Readonly<Record<string, readonly (StateKind | 'gone')[]>> = {
  Enabled: ['Disabled', 'PendingImport', 'PendingDeletion'],
  Disabled: ['Enabled', 'PendingImport', 'PendingDeletion'],
  PendingImport: ['Enabled', 'PendingDeletion'],
  // Cancelling brings the key back disabled; with material missing a disabled key shows as waiting for import.
  PendingDeletion: ['Disabled', 'PendingImport', 'gone'],
  gone: [],
};

type Step =
  | { readonly do: 'enable' | 'disable' | 'cancel' | 'maintain' | 'enableRotation' | 'rotate' }
  | { readonly do: 'schedule'; readonly window: number }
  | { readonly do: 'wait'; readonly days: number }
  | { readonly do: 'import'; readonly material: number; readonly terms: ImportTerms; readonly validDays?: number }
  | { readonly do: 'delete'; readonly material: number | undefined };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>({ do: 'enable' }, { do: 'disable' }, { do: 'cancel' }, { do: 'maintain' }, { do: 'rotate' }),
  fc.constant<Step>({ do: 'enableRotation' }),
  fc.record({ do: fc.constant('schedule' as const), window: fc.integer({ min: 7, max: 30 }) }),
  fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 0, max: 40 }) }),
  fc.record({
    do: fc.constant('import' as const),
    material: fc.integer({ min: 1, max: 4 }),
    terms: fc.constantFrom<ImportTerms>(
      {},
      { importType: 'NEW_KEY_MATERIAL' },
      { importType: 'EXISTING_KEY_MATERIAL' },
    ),
    validDays: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  }),
  fc.record({
    do: fc.constant('delete' as const),
    material: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  }),
);

interface Life {
  readonly key: KmsKey | undefined;
  readonly now: Instant;
  readonly made: number;
}

function rotated(key: KmsKey, now: Instant, made: number): KmsKey {
  const automatic = isRotationDue(key, now);
  if (!automatic && !checkOnDemandRotation(key, 25, now).ok) return key;
  const fresh = key.origin === 'AWS_KMS' ? [[key.region, aKeyMaterial(100 + made)] as const] : [];
  return rotateFamily([key], new Map(fresh), automatic ? 'AUTOMATIC' : 'ON_DEMAND', now)?.[0] ?? key;
}

function decided(key: KmsKey, result: Result<KmsKey, unknown>): KmsKey {
  return result.ok ? result.value : key;
}

function take(life: Life, taken: Step): Life {
  const { key, now, made } = life;
  if (taken.do === 'wait') return { ...life, now: plusDays(now, days(taken.days)) };
  if (key === undefined) return life;
  switch (taken.do) {
    case 'enable':
      return { ...life, key: decided(key, enableKey(key, now)) };
    case 'disable':
      return { ...life, key: decided(key, disableKey(key, now)) };
    case 'cancel':
      return { ...life, key: decided(key, cancelKeyDeletion(key, now)) };
    case 'schedule':
      return { ...life, key: decided(key, scheduleKeyDeletion(key, taken.window, now)) };
    case 'enableRotation':
      return { ...life, key: decided(key, enableKeyRotation(key, 90, now)) };
    case 'rotate':
      return { ...life, key: rotated(key, now, made), made: made + 1 };
    case 'delete': {
      const given = taken.material === undefined ? undefined : aMaterialId(taken.material);
      return { ...life, key: decided(key, deleteImportedKeyMaterial(key, given, now)) };
    }
    case 'import': {
      const wrapped = Uint8Array.of(taken.material) as WrappedMaterial;
      const validTo = taken.validDays === undefined ? undefined : plusDays(now, days(taken.validDays));
      const arrived = { id: aMaterialId(taken.material), wrapped };
      return { ...life, key: decided(key, importKeyMaterial(key, arrived, { ...taken.terms, validTo }, now)) };
    }
    case 'maintain': {
      const change = maintainKey([key], key, now);
      return { ...life, key: change === undefined ? key : change.put[0] };
    }
  }
}

const shown = ({ key, now }: Life): StateKind | 'gone' => (key && stateAt(key, now)?.kind) ?? 'gone';
const origins = fc.constantFrom(
  aKmsKey(),
  aKmsKey({ origin: 'EXTERNAL', state: pendingImport, materials: [], currentMaterialId: undefined }),
);
const lives = fc.tuple(origins, fc.array(step, { maxLength: 40 }));

/** Lives the steps and shows each step to the check. */
function live(key: KmsKey, steps: readonly Step[], check: (before: Life, after: Life, taken: Step) => void): Life {
  return steps.reduce<Life>(
    (before, taken) => {
      const after = take(before, taken);
      check(before, after, taken);
      return after;
    },
    { key, now: start, made: 0 },
  );
}

const required = (key: KmsKey | undefined) =>
  (key?.materials ?? []).filter(({ state }) => state === 'CURRENT' || state === 'NON_CURRENT');

describe('whatever commands a key gets and whatever time does', () => {
  it('stays within the state diagram', () => {
    fc.assert(
      fc.property(lives, ([key, steps]) => {
        live(key, steps, (before, after) => {
          const [from, to] = [shown(before), shown(after)];
          if (from !== to) expect(diagram[from]).toContain(to);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is enabled only with everything its ciphertexts may need', () => {
    fc.assert(
      fc.property(lives, ([key, steps]) => {
        live(key, steps, (_before, { key: after, now }) => {
          if (after === undefined || stateAt(after, now)?.kind !== 'Enabled') return;
          expect(currentMaterial(after)?.state).toBe('CURRENT');
          expect(required(after).every((material) => isPresent(material, now))).toBe(true);
          expect(after.materials.filter(({ state }) => state === 'CURRENT')).toHaveLength(1);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('never loses a material that was current once, only its bytes if they were imported', () => {
    fc.assert(
      fc.property(lives, ([key, steps]) => {
        live(key, steps, (before, after) => {
          if (after.key === undefined) return;
          const left = new Map(after.key.materials.map((material) => [material.id, material]));
          for (const { id } of required(before.key)) expect(left.has(id)).toBe(true);
          if (after.key.origin !== 'AWS_KMS') return;
          expect(after.key.materials.every(({ wrapped }) => wrapped !== undefined)).toBe(true);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is maintained once: a second time at the same instant does nothing, and nothing else is due', () => {
    fc.assert(
      fc.property(lives, ([key, steps]) => {
        const { key: last, now } = live(key, steps, () => undefined);
        if (last === undefined) return;
        const [kept] = maintainKey([last], last, now)?.put ?? [];
        const key2 = maintainKey([last], last, now) === undefined ? last : kept;
        if (key2 === undefined) return;
        expect(maintainKey([key2], key2, now)).toBeUndefined();
        const due = nextDue(key2);
        if (due !== undefined && due <= now) expect(isRotationDue(key2, now)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an imported key with several materials', () => {
  it('waits for import when any required material is lost and is enabled again when all are back', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 5 })
          .chain((count) =>
            fc.record({ count: fc.constant(count), lost: fc.subarray([...Array(count).keys()], { minLength: 1 }) }),
          ),
        ({ count, lost }) => {
          const materials = Array.from({ length: count }, (_, index) =>
            aKeyMaterial(index, { imported: {}, state: index === count - 1 ? 'CURRENT' : 'NON_CURRENT' }),
          );
          const key = aKmsKey({ origin: 'EXTERNAL', materials, currentMaterialId: aMaterialId(count - 1) });
          const without = lost.reduce(
            (held, index) => decided(held, deleteImportedKeyMaterial(held, aMaterialId(index), start)),
            key,
          );
          expect(without.state).toEqual(pendingImport);
          lost.reduce((held, index, position) => {
            const wrapped = Uint8Array.of(index) as WrappedMaterial;
            const back = decided(held, importKeyMaterial(held, { id: aMaterialId(index), wrapped }, {}, start));
            expect(back.state).toEqual(position === lost.length - 1 ? enabled : pendingImport);
            return back;
          }, without);
        },
      ),
    );
  });
});
