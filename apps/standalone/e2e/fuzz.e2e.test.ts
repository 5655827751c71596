import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetParametersForImportCommand,
  type KMSClient,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { Secrets, objection } from './testing/answer-rules';
import { HostileInput } from './testing/hostile-input';
import { exampleRequests } from './testing/example-requests';
import { type RawAnswer, exchange, signedBytes } from './testing/raw-call';

/** A finding names its seed; `KEYWARDEN_FUZZ_SEED` repeats it, `KEYWARDEN_FUZZ_TIMES=20` looks longer. */
const seed = Number(process.env.KEYWARDEN_FUZZ_SEED ?? 20_260_731);
const times = Number(process.env.KEYWARDEN_FUZZ_TIMES ?? 1);
const atOnce = 8;

const service = aService();
const secrets = new Secrets();
const marker = Buffer.from('plaintext-marker-9f1c6d52e7b84a03');
let client: KMSClient;
let keyId: string;
let blob: Buffer;

beforeAll(async () => {
  client = service.client();
  ({ id: keyId } = await aKey(client));
  const encrypted = await client.send(new EncryptCommand({ KeyId: keyId, Plaintext: marker }));
  blob = Buffer.from(encrypted.CiphertextBlob ?? []);
  const dataKey = await client.send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' }));
  secrets.add(marker);
  secrets.add(dataKey.Plaintext ?? randomBytes(32));
  secrets.add(Buffer.from(service.running.credentials.secretAccessKey));
  const rootKeyText = await readFile(join(service.running.dataDir, 'root-key'), 'latin1');
  secrets.add(Buffer.from(/^[0-9a-f]{64}$/m.exec(rootKeyText)?.[0] ?? randomBytes(32).toString('hex'), 'hex'));
});

afterEach(async () => {
  await client.send(new ListKeysCommand({}));
  process.kill(service.running.pid, 0);
  const output = service.running.output();
  expect(secrets.isIn(output)).toBe(false);
  expect(output.split('\n').filter((line) => /"level":"?(error|fatal|50|60)/.test(line))).toEqual([]);
});

/** Sends what `make` makes, and collects what is wrong with the answers. */
async function attack(
  count: number,
  make: (input: HostileInput) => Buffer,
  alsoWrong: (answer: RawAnswer, sent: Buffer) => string | undefined = () => undefined,
): Promise<void> {
  const input = new HostileInput(seed);
  const findings: string[] = [];
  let left = count * times;
  let answered = 0;
  const attacker = async (): Promise<void> => {
    while (left > 0 && findings.length < 10) {
      left -= 1;
      const sent = make(input);
      const answers = await exchange(service.running, sent);
      answered += answers.length;
      for (const answer of answers) {
        const wrong = objection(answer, secrets) ?? alsoWrong(answer, sent);
        if (wrong !== undefined) {
          findings.push(`${wrong}: ${answer.status} ${answer.body.slice(0, 300)}\n  to ${printable(sent)}`);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, attacker));
  expect({ seed, findings }).toEqual({ seed, findings: [] });
  expect(answered).toBeGreaterThan((count * times) / 2);
}

const printable = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1').slice(0, 3_000));
const bodyOf = (request: Buffer): Buffer => request.subarray(request.indexOf('\r\n\r\n') + 4);
const signedJson = (operation: string, body: unknown): Buffer =>
  signedBytes(service.running, operation, JSON.stringify(body));
const noSuccess = ({ status }: RawAnswer): string | undefined => (status === 200 ? 'a success' : undefined);

describe('hostile input', () => {
  it('that is noise is refused or ends the connection', async () => {
    const starts = [
      '',
      'POST / HTTP/1.1\r\n',
      'GET /',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ',
      '\r\n\r\n',
      '\x16\x03\x01',
    ];
    await attack(
      300,
      (input) =>
        Buffer.concat([
          Buffer.from(input.pick(starts), 'latin1'),
          input.bytes(1 + input.below(600)),
          Buffer.from('\r\n\r\n'),
        ]),
      noSuccess,
    );
  });

  it('in the bytes of a signed request never passes for what was signed', async () => {
    const body = { KeyId: keyId, Plaintext: randomBytes(16).toString('base64'), EncryptionContext: { a: 'b' } };
    const honest = signedJson('Encrypt', body);
    await attack(
      900,
      (input) => (input.below(2) === 0 ? input.mutated(honest) : input.mutatedHeaders(honest)),
      ({ status }, sent) => {
        const isSame = bodyOf(sent).subarray(0, bodyOf(honest).length).equals(bodyOf(honest));
        return status === 200 && !isSame ? 'a success for other bytes' : undefined;
      },
    );
  });

  it('in the parameters of any operation is refused by name', async () => {
    const { id: victim } = await aKey(client);
    const examples = exampleRequests(victim, blob.toString('base64'));
    const operations = Object.keys(examples);
    await attack(1_500, (input) => {
      const operation = input.pick(operations);
      return signedBytes(service.running, operation, Buffer.from(input.mutatedJson(examples[operation]), 'latin1'));
    });
  });

  it('in a ciphertext is never decrypted', async () => {
    const { id: other } = await aKey(client);
    await attack(
      600,
      (input) => {
        let changed = input.mutated(blob);
        if (changed.equals(blob)) changed = changed.subarray(1);
        const CiphertextBlob = changed.toString('base64');
        return input.below(2) === 0
          ? signedJson('Decrypt', { CiphertextBlob, ...(input.below(2) === 0 ? { KeyId: keyId } : {}) })
          : signedJson('ReEncrypt', { CiphertextBlob, DestinationKeyId: other });
      },
      noSuccess,
    );
  });

  it('in an import token or in wrapped material imports nothing', async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
    const KeyId = KeyMetadata?.KeyId ?? '';
    const { ImportToken } = await client.send(
      new GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
      }),
    );
    const token = Buffer.from(ImportToken ?? []);
    expect(token.length).toBeGreaterThan(0);
    await attack(
      300,
      (input) =>
        signedJson('ImportKeyMaterial', {
          KeyId,
          ImportToken: (input.below(4) === 0 ? token : input.mutated(token)).toString('base64'),
          EncryptedKeyMaterial: input.bytes(input.pick([1, 255, 256, 512])).toString('base64'),
          ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        }),
      noSuccess,
    );
  });

  it('in a marker of a list continues no list', async () => {
    const { NextMarker } = await client.send(new ListKeysCommand({ Limit: 1 }));
    const honest = Buffer.from(NextMarker ?? '', 'latin1');
    const lists = ['ListKeys', 'ListAliases', 'ListGrants', 'ListResourceTags', 'ListKeyRotations', 'ListKeyPolicies'];
    await attack(400, (input) => {
      const Marker = input.pick([
        input.bytes(1 + input.below(60)).toString('latin1'),
        input.bytes(1 + input.below(60)).toString('base64'),
        honest.length > 0 ? input.mutated(honest).toString('latin1') : 'x',
      ]);
      const operation = input.pick(lists);
      return signedJson(operation, /Keys$|Aliases$/.test(operation) ? { Marker } : { KeyId: keyId, Marker });
    });
  });
});
