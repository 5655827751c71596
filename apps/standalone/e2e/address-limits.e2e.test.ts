import { ListKeysCommand } from '@aws-sdk/client-kms';
import { aService } from './testing/a-service';

/** Two bad signatures a second from one address, twenty at once. */
const service = aService({ environment: { KEYWARDEN_ADDRESS_FAILURES: '2' } });
const forged = { accessKeyId: 'AKIASTRANGER00000000', secretAccessKey: 'a-secret-that-nobody-was-given-0123456789' };

const errorOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'none',
    (error: Error) => error.name,
  );

it('turns a stranger away that keeps guessing, and nobody behind the same address who signs well', async () => {
  const good = service.client();
  const bad = service.client(undefined, { credentials: forged });
  await good.send(new ListKeysCommand({}));
  const errors = [];
  for (let tries = 0; tries < 100; tries += 1) errors.push(await errorOf(bad.send(new ListKeysCommand({}))));
  expect(errors.slice(0, 20)).toEqual(Array(20).fill('UnrecognizedClientException'));
  expect(errors.filter((name) => name === 'ThrottlingException').length).toBeGreaterThan(0);
  for (let calls = 0; calls < 20; calls += 1) await good.send(new ListKeysCommand({}));
});

it('lets the stranger try again when some failures have come back', async () => {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const bad = service.client(undefined, { credentials: forged });
  expect(await errorOf(bad.send(new ListKeysCommand({})))).toBe('UnrecognizedClientException');
});
