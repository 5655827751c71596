import type { Keywarden } from '@keywarden/harness';
import { Load, type LoadReport } from './load';
import { newKey, signedRequest } from './signed-requests';
import { figure, markdownTable, median, quantile } from './statistics';

const encryptConnections = 4;
const everyMs = 10;
const signConnections = 16;

/** How long Encrypt takes while RSA-4096 signatures keep every core busy, beside how long it takes alone. @returns a table */
export async function measureEncryptUnderLoad(service: Keywarden, load: Load, seconds: number): Promise<string> {
  const port = Number(new URL(service.endpoint).port);
  const KeyId = await newKey(service);
  const signKey = await newKey(service, { KeySpec: 'RSA_4096', KeyUsage: 'SIGN_VERIFY' });
  const Plaintext = Buffer.alloc(32, 7).toString('base64');
  const encrypt = (): Promise<LoadReport> => {
    const requests = Array.from({ length: encryptConnections }, () =>
      signedRequest(service, 'Encrypt', { KeyId, Plaintext }),
    );
    return load.run({ port, requests, warmMs: 500, measureMs: seconds * 1_000, everyMs });
  };
  const signatures = new Load();
  try {
    const rows: string[][] = [];
    const quiet: number[] = [];
    const busy: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      quiet.push(quantile((await encrypt()).latencies, 0.99));
      const input = { KeyId: signKey, Message: Plaintext, MessageType: 'RAW', SigningAlgorithm: 'RSASSA_PSS_SHA_256' };
      const request = signedRequest(service, 'Sign', input);
      const requests = Array.from({ length: signConnections }, () => request);
      const signed = signatures.run({ port, requests, warmMs: 0, measureMs: seconds * 1_000 + 800 });
      const report = await encrypt();
      busy.push(quantile(report.latencies, 0.99));
      const { answers, seconds: took } = await signed;
      rows.push([
        `round ${round + 1}, ${figure(answers / took)} signatures/s`,
        figure(quiet[round] ?? NaN),
        figure(busy[round] ?? NaN),
        figure((busy[round] ?? NaN) / (quiet[round] ?? NaN)),
      ]);
    }
    const ratios = busy.map((value, at) => value / (quiet[at] ?? NaN));
    rows.push(['median', figure(median(quiet)), figure(median(busy)), figure(median(ratios))]);
    return markdownTable(['Encrypt at 400/s', 'quiet p99 ms', 'p99 ms under signing', 'ratio'], rows);
  } finally {
    signatures.close();
  }
}
