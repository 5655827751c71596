import type { KeyInStore, StoreCall } from '@keywarden/custom-key-stores';
import { FakeBackend, aCloudHsmStore, connectedStore } from '@keywarden/custom-key-stores/testing';
import { SecretBytes, parseKeyId } from '@keywarden/kernel';
import { Metrics } from '@keywarden/telemetry';
import { countedBackends } from './key-store-metrics';

const bytes = (text: string): SecretBytes => SecretBytes.copyOf(Buffer.from(text));
const use = { store: connectedStore(aCloudHsmStore(1)), secret: bytes('password') };
const key = { keyId: parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab')! } as KeyInStore;
const call: StoreCall = { requestId: 'r', operation: 'Encrypt' };

it('counts what stores did, refused and failed to do, and answers the same', async () => {
  const backend = new FakeBackend();
  const metrics = new Metrics();
  const { AWS_CLOUDHSM: store } = countedBackends(metrics, { AWS_CLOUDHSM: backend, EXTERNAL_KEY_STORE: backend });
  expect(await store.connect(use, call)).toMatchObject({ ok: true });
  expect(await store.createKey(use, key, call)).toMatchObject({ ok: true });
  const sealed = await store.encrypt(use, key, bytes('plain'), Buffer.from('a'), call);
  if (!sealed.ok) throw new Error('the fake encrypts');
  expect(await store.decrypt(use, key, sealed.value, Buffer.from('a'), call)).toMatchObject({ ok: true });
  expect(await store.decrypt(use, key, sealed.value, Buffer.from('b'), call)).toMatchObject({ ok: false });
  backend.relatedClusters = true;
  expect(store.related('a', 'b')).toBe(true);
  const { text } = await metrics.scrape();
  for (const line of [
    'keywarden_key_store_calls_total{type="AWS_CLOUDHSM",call="encrypt",outcome="ok"} 1',
    'keywarden_key_store_calls_total{type="AWS_CLOUDHSM",call="decrypt",outcome="ok"} 1',
    'keywarden_key_store_calls_total{type="AWS_CLOUDHSM",call="decrypt",outcome="refused"} 1',
    'keywarden_key_store_call_duration_seconds_count{type="AWS_CLOUDHSM",call="decrypt"} 2',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});

it('counts a call that throws as failed, and throws the same', async () => {
  const metrics = new Metrics();
  const backend = new FakeBackend();
  backend.encrypt = () => Promise.reject(new Error('the way is gone'));
  const { AWS_CLOUDHSM: store } = countedBackends(metrics, { AWS_CLOUDHSM: backend, EXTERNAL_KEY_STORE: backend });
  await expect(store.encrypt(use, key, bytes('plain'), Buffer.from('a'), call)).rejects.toThrow('the way is gone');
  expect((await metrics.scrape()).text).toContain('{type="AWS_CLOUDHSM",call="encrypt",outcome="failed"} 1\n');
});
