import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { aService } from './testing/a-service';

const service = aService();
const minute = 60_000;

describe('a client of the SDK for JavaScript', () => {
  const { now } = Date;
  afterEach(() => jest.restoreAllMocks());

  it.each([-11, 11])('whose clock is %d minutes off learns the time from a refusal', async (minutes) => {
    jest.spyOn(Date, 'now').mockImplementation(() => now() + minutes * minute);
    await expect(service.client().send(new ListKeysCommand())).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    const retrying = service.client('us-east-1', { maxAttempts: 2 });
    expect((await retrying.send(new ListKeysCommand())).$metadata.attempts).toBe(2);
    expect(Math.abs(retrying.config.systemClockOffset + minutes * minute)).toBeLessThan(minute);
    expect((await retrying.send(new ListKeysCommand())).$metadata.attempts).toBe(1);
  });
});

const curl = spawnSync('curl', ['--aws-sigv4', 'aws:amz', '--version'], { timeout: 20_000 }).status === 0;
if (!curl) process.stderr.write('Left out: tests of curl. They need 7.75 or newer, which can sign by --aws-sigv4.\n');

(curl ? describe : describe.skip)('curl, which signs by itself', () => {
  /** @returns status and body */
  const listKeys = async (...args: string[]): Promise<string> => {
    const { endpoint, region, credentials } = service.running;
    const { stdout } = await promisify(execFile)('curl', [
      ...['--silent', '--max-time', '30', '--write-out', '\n%{http_code}', '--request', 'POST'],
      ...['--user', `${credentials.accessKeyId}:${credentials.secretAccessKey}`],
      ...['--aws-sigv4', `aws:amz:${region}:kms`],
      ...['--header', 'X-Amz-Target: TrentService.ListKeys', '--header', 'Content-Type: application/x-amz-json-1.1'],
      ...['--data', '{}', ...args, `${endpoint}/`],
    ]);
    return stdout;
  };
  const answered = '{"Keys":[],"Truncated":false}\n200';

  it.each([
    ['with a length', []],
    ['in chunks', ['--header', 'Transfer-Encoding: chunked']],
    ['after asking whether to continue', ['--header', 'Expect: 100-continue']],
    ['with an offer of HTTP/2', ['--http2']],
    ['over HTTP/1.0', ['--http1.0']],
    ['with a long user agent', ['--user-agent', 'a'.repeat(4_000)]],
  ])('sends a body %s', async (_how, args) => {
    expect(await listKeys(...args)).toBe(answered);
  });

  it('is told that a body must not be compressed', async () => {
    expect(await listKeys('--header', 'Content-Encoding: gzip')).toMatch(/UnsupportedMediaTypeException.*\n415$/s);
  });

  it('is refused with a wrong secret', async () => {
    const wrong = `${service.running.credentials.accessKeyId}:wrong`;
    expect(await listKeys('--user', wrong)).toMatch(/"InvalidSignatureException".*\n400$/s);
  });
});
