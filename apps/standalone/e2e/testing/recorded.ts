import type { AService } from './a-service';

/** What AWS KMS was recorded to answer to a request. */
export interface RecordedRefusal {
  readonly code: string;
  /** Absent where the answer has no message member at all. */
  readonly message?: string;
}

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
  moto: 'getmoto/moto#5411',
  localKms: 'nsmithuk/local-kms src/handler/import_key_material.go',
  zenn: 'a log of GetParametersForImport for a symmetric key',
} as const;

/** The answer to a call: its status and what its body holds. */
export async function answerTo(
  service: AService,
  operation: string,
  body: unknown,
  region?: string,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const { status, text } = await service.wire(operation, body, region === undefined ? {} : { region });
  return { status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

/** A refusal as it must be on the wire: these members and no others. */
export function onTheWire({ code, message }: RecordedRefusal): {
  readonly status: number;
  readonly body: Record<string, unknown>;
} {
  return { status: 400, body: { __type: code, ...(message !== undefined && { message }) } };
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
