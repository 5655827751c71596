import { type KeyId, instant, parseAccountId, parseKeyId, parseRegion } from '@keywarden/kernel';
import { type KeyMaterialId, type WrappedMaterial } from '../key-material';
import type { KmsKey } from '../kms-key';
import { enabled } from '../key-state';

/** An enabled symmetric key of account 111122223333 in eu-central-1, changed as a test needs it. */
export function aKmsKey(changes: Partial<KmsKey> = {}): KmsKey {
  const createdAt = instant(Date.UTC(2026, 0, 1));
  const materialId = 'a1'.repeat(32) as KeyMaterialId;
  return {
    account: parseAccountId('111122223333')!,
    region: parseRegion('eu-central-1')!,
    id: parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab') as KeyId,
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    manager: 'CUSTOMER',
    description: '',
    createdAt,
    state: enabled,
    materials: [{ id: materialId, state: 'CURRENT', wrapped: new Uint8Array([1]) as WrappedMaterial, createdAt }],
    currentMaterialId: materialId,
    onDemandRotations: 0,
    policy: '{"Version":"2012-10-17","Statement":[]}',
    tags: [],
    version: 1,
    ...changes,
  };
}
