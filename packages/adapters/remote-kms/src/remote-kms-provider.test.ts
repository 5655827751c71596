import { createServer } from 'node:http';
import { SecretBytes } from '@keywarden/kernel';
import { RemoteKmsError, RemoteKmsProvider } from './remote-kms-provider';

/** A KMS that answers every call in the same way; what agrees with a real one is tested end to end. */
async function answering(status: number, body: object): Promise<{ endpoint: string; calls: string[]; close(): void }> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(String(request.headers['x-amz-target']).replace('TrentService.', ''));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { endpoint: `http://127.0.0.1:${port}`, calls, close: () => void server.close() };
}

const before = { ...process.env };
beforeEach(() => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
});
afterEach(() => {
  process.env = { ...before };
});

const options = { keyId: 'alias/root', region: 'eu-central-1', timeoutMs: 500 };

describe('another KMS', () => {
  it('that refuses is named in one line, with the refusal and without a secret', async () => {
    const kms = await answering(400, { __type: 'AccessDeniedException', message: 'no' });
    const failed = new RemoteKmsProvider({ ...options, endpoint: kms.endpoint }).create();
    await expect(failed).rejects.toThrow(RemoteKmsError);
    await expect(failed).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:\d+ did not answer DescribeKey with key alias\/root: AccessDeniedException$/,
    );
    kms.close();
  });

  it('that is broken is asked three times and no more', async () => {
    const kms = await answering(503, { __type: 'KMSInternalException' });
    await expect(new RemoteKmsProvider({ ...options, endpoint: kms.endpoint }).create()).rejects.toThrow(
      RemoteKmsError,
    );
    expect(kms.calls).toEqual(['DescribeKey', 'DescribeKey', 'DescribeKey']);
    kms.close();
  });

  it('that is not there ends in one line', async () => {
    const failed = new RemoteKmsProvider({ ...options, endpoint: 'http://127.0.0.1:1' }).create();
    await expect(failed).rejects.toThrow(/did not answer DescribeKey with key alias\/root: /);
  });

  it('keeps no root key under a key that is not symmetric', async () => {
    const kms = await answering(200, { KeyMetadata: { Arn: 'arn:aws:kms:a:1:key/1', KeySpec: 'RSA_2048' } });
    const failed = new RemoteKmsProvider({ ...options, endpoint: kms.endpoint }).create();
    await expect(failed).rejects.toThrow('the KMS key alias/root is no symmetric encryption key');
    kms.close();
  });

  it('is not opened by the description of another kind, without asking', async () => {
    const provider = new RemoteKmsProvider({ ...options, endpoint: 'http://127.0.0.1:1' });
    expect(await provider.open({ id: 'file-1', kind: 'file', parameters: {} })).toBeUndefined();
  });

  it('answers nothing useful to a wrapping: that is a fault, not a root key', async () => {
    const kms = await answering(200, { KeyMetadata: { Arn: 'arn:aws:kms:a:1:key/1', KeySpec: 'SYMMETRIC_DEFAULT' } });
    const provider = await new RemoteKmsProvider({ ...options, endpoint: kms.endpoint }).create();
    await expect(provider.wrap(SecretBytes.copyOf(new Uint8Array(32)), Uint8Array.of(1))).rejects.toThrow(/nothing/);
    expect(await provider.unwrap(Uint8Array.of(1), Uint8Array.of(1))).toBeUndefined();
    kms.close();
  });
});
