import { type AService, account } from './a-service';

/** What AWS KMS was recorded to answer to a request. */
export interface RecordedRefusal {
  readonly code: string;
  /** Absent where the answer has no message member at all. */
  readonly message?: string;
}

/** The members of an answer. */
export type Body = Record<string, unknown>;

/** Where a recording can be read. */
export const sources = {
  /** Snapshots that the tests of LocalStack recorded from AWS, 2023 to 2025. */
  localstack: 'localstack/localstack tests/aws/services/kms/test_kms.snapshot.json',
  /** Codes, texts and order of checks of AWS KMS in us-east-1, September 2026. */
  floci: 'floci-io/floci#3968, KmsIntegrationTest',
  boto: 'boto/boto#3202',
  hadoop: 'Apache Hadoop, hadoop-aws encryption.md and troubleshooting',
  ansible: 'ansible/ansible#31960',
  rubySdk: 'aws/aws-sdk-ruby#1784',
  /** Its acceptance tests run on AWS. */
  terraform: 'hashicorp/terraform-provider-aws internal/service/kms',
  moto: 'getmoto/moto#5411 and tests/test_kms',
  /** Texts of deployments on AWS in ap-northeast-1, September 2026. */
  preflight: 'badmintoncryer/cdk-preflight rules/kms',
  /** What AWS wrote to its customers of August 2025. */
  health: 'ministryofjustice/analytical-platform#7691',
  localKms: 'nsmithuk/local-kms src/handler/import_key_material.go',
  zenn: 'a log of GetParametersForImport for a symmetric key',
} as const;

/** The answer to a call: its status and what its body holds. */
export async function answerTo(
  service: AService,
  operation: string,
  body: unknown,
  region?: string,
): Promise<{ readonly status: number; readonly body: Body }> {
  const { status, text } = await service.wire(operation, body, region === undefined ? {} : { region });
  return { status, body: text === '' ? {} : (JSON.parse(text) as Body) };
}

/** A refusal as it must be on the wire: these members and no others. */
export function onTheWire({ code, message }: RecordedRefusal): {
  readonly status: number;
  readonly body: Body;
} {
  return { status: 400, body: { __type: code, ...(message !== undefined && { message }) } };
}

/** Calls of one service, checked member by member. */
export function recordedCalls(service: AService) {
  /** A call that must succeed. @returns everything it answers */
  const send = async (operation: string, body: object = {}, region?: string): Promise<Body> => {
    const answer = await answerTo(service, operation, body, region);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body;
  };
  return {
    send,
    expectRefusal: async (operation: string, body: object, expected: RecordedRefusal): Promise<void> => {
      expect(await answerTo(service, operation, body)).toEqual(onTheWire(expected));
    },
    metadataOf: async (KeyId: unknown, region?: string): Promise<Body> =>
      (await send('DescribeKey', { KeyId }, region)).KeyMetadata as Body,
    created: async (body: object): Promise<Body> => (await send('CreateKey', body)).KeyMetadata as Body,
  };
}

/** A violated constraint of the service model. */
export const violated = (violation: string): RecordedRefusal => ({
  code: 'ValidationException',
  message: `1 validation error detected: ${violation}`,
});

/** Bytes as they are sent. */
export const base64 = (length: number, fill = 7): string => Buffer.alloc(length, fill).toString('base64');

/** A key id of the right form that no key has. */
export const noKey = '00000000-0000-0000-0000-000000000000';

export const materialId: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
/** An instant: seconds since 1970. */
export const seconds: unknown = expect.any(Number);
export const bytes: unknown = expect.stringMatching(/^[A-Za-z0-9+/]+={0,2}$/);

/** What every key tells of itself: nothing more, nothing less. */
export const metadata = (spec: string, usage: string, more: Body): Body => ({
  AWSAccountId: account,
  Arn: expect.stringMatching(/^arn:aws:kms:us-east-1:111122223333:key\//),
  CreationDate: seconds,
  CustomerMasterKeySpec: spec,
  Description: '',
  Enabled: true,
  KeyId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  KeyManager: 'CUSTOMER',
  KeySpec: spec,
  KeyState: 'Enabled',
  KeyUsage: usage,
  MultiRegion: false,
  Origin: 'AWS_KMS',
  ...more,
});

export const symmetricMetadata = (more: Body): Body =>
  metadata('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'], ...more });

export const defaultPolicy = {
  Version: '2012-10-17',
  Id: 'key-default-1',
  Statement: [
    {
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
};
