import { CommitmentPolicy, KmsKeyringNode, buildClient, getClient } from '@aws-crypto/client-node';
import { KMS, type KMSClientConfig, ReplicateKeyCommand } from '@aws-sdk/client-kms';
import { aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { expectAllHeld, outcomesOf } from './testing/client-program';
import { pythonClient } from './testing/python-clients';

const python = pythonClient('python3', '-c', 'import aws_encryption_sdk');

(python === undefined ? describe.skip : describe)('the AWS Encryption SDK for Python', () => {
  const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });

  /** What the SDK for JavaScript makes of the plaintext that the program knows. */
  const messageOf = async (generatorKeyId: string): Promise<string> => {
    const { endpoint, credentials } = service.running;
    class PointedAtTheService extends KMS {
      constructor(given: KMSClientConfig) {
        super({ ...given, endpoint, credentials });
      }
    }
    const clientProvider = getClient(PointedAtTheService as never);
    const { encrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
    const plaintext = Buffer.from('a file of more than one frame '.repeat(1_000));
    const encryptionContext = { project: 'workshop', 'stage ✓': 'e2e' };
    const keyring = new KmsKeyringNode({ generatorKeyId, clientProvider });
    return (await encrypt(keyring, plaintext, { encryptionContext })).result.toString('base64');
  };

  it('opens what was sealed under keys, in JavaScript and in another Region too, and nothing else', async () => {
    const client = service.client();
    const [one, two, three] = [await aKey(client), await aKey(client), await aKey(client)];
    const primary = await aKey(client, { MultiRegion: true });
    await client.send(new ReplicateKeyCommand({ KeyId: primary.id, ReplicaRegion: 'eu-west-1' }));
    const environment = {
      KEY: one.arn,
      SECOND_KEY: two.arn,
      THIRD_KEY: three.arn,
      PRIMARY: primary.arn,
      REPLICA: service.arn(primary.id, 'eu-west-1'),
      MESSAGE: await messageOf(one.arn),
    };
    expectAllHeld(await outcomesOf(python ?? '', ['encryption_sdk.py'], service.running, environment), [
      'each of two keys opens a message',
      'a key is found from the message',
      'another key does not open it',
      'a message of the sdk for javascript opens',
      'a replica opens what its primary sealed',
    ]);
  });
});
