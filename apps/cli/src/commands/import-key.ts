import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Answer, Cli } from '../cli';
import { type ImportWishes, importKeyMaterial } from '../import/import-key-material';
import { type EndpointOptions, kmsClient } from '../import/kms-endpoint';
import { type Encoding, encodings, readKeyMaterial } from '../import/read-key-material';
import { wrappingAlgorithms } from '../import/wrap-key-material';

interface ImportOptions extends ImportWishes, EndpointOptions {
  readonly encoding: Encoding;
}

export function addImportKeyCommand(root: Command, cli: Cli): void {
  root
    .command('import-key')
    .description('import key material from a file into a KMS key of origin EXTERNAL, wrapped on the way')
    .argument('<file>', 'raw bytes, or a private key in PEM or PKCS #8 DER; - for standard input')
    .requiredOption('--key-id <key>', 'key id, key ARN, alias name or alias ARN')
    .option('--endpoint <url>', 'the service; default AWS_ENDPOINT_URL_KMS or AWS_ENDPOINT_URL')
    .option('--region <region>', 'default AWS_REGION, or that of the profile')
    .addOption(
      new Option('--encoding <form>', 'how a symmetric or HMAC key is written in the file')
        .choices(encodings)
        .default('raw'),
    )
    .addOption(
      new Option(
        '--wrapping-algorithm <name>',
        'default RSA_AES_KEY_WRAP_SHA_256 for private keys, RSAES_OAEP_SHA_256 for others',
      ).choices(wrappingAlgorithms),
    )
    .addOption(
      new Option('--wrapping-key-spec <spec>', 'of the key it is wrapped under')
        .choices(['RSA_2048', 'RSA_3072', 'RSA_4096'])
        .default('RSA_4096'),
    )
    .option('--valid-to <time>', 'when the material expires, in ISO 8601; without it it does not', timeArgument)
    .addOption(
      new Option('--import-type <type>', 'new material beside what the key has, or what it had before').choices([
        'NEW_KEY_MATERIAL',
        'EXISTING_KEY_MATERIAL',
      ]),
    )
    .option('--description <text>', 'description of the key material')
    .option('--key-material-id <id>', 'the existing material that this must be')
    .addHelpText('after', examples)
    .action(
      cli.answers(async (file: string, options: ImportOptions): Promise<Answer> => {
        const client = kmsClient(options, cli.environment);
        try {
          const imported = await importKeyMaterial(client, options, (spec) =>
            readKeyMaterial(file, spec, options.encoding),
          );
          const { keyArn, keyMaterialId, keyState, validTo } = imported;
          const lines = [
            `imported into ${keyArn}, which is ${keyState}`,
            ...(keyMaterialId === undefined ? [] : [`key material id  ${keyMaterialId}`]),
            validTo === undefined ? 'it does not expire' : `it expires at ${validTo}`,
          ];
          return { json: imported, text: lines.join('\n') };
        } finally {
          client.destroy();
        }
      }),
    );
}

function timeArgument(text: string): Date {
  const time = new Date(text);
  const complete = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  if (!complete || Number.isNaN(time.getTime())) throw new InvalidArgumentError('Such as 2030-01-31T12:00:00Z.');
  return time;
}

const examples = `
It talks to the service over the KMS API, with the credentials that the AWS tools would use. The wrapping key must come
over https or from this machine. Keep a copy of the key material: the service never gives it back.

Examples:
  $ keywarden import-key ./aes-256.key --key-id alias/imported --endpoint http://127.0.0.1:8080 --region us-east-1
  $ keywarden import-key ./signing.pem --key-id 1234abcd-12ab-34cd-56ef-1234567890ab
  $ openssl rand -hex 32 | tee backup | keywarden import-key - --encoding hex --key-id alias/imported \\
      --valid-to 2030-01-31T12:00:00Z`;
