import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import { type Keywarden, type KeywardenOptions, answered, harnessAccount, startKeywarden } from '@keywarden/harness';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The official clients of somebody. */
export interface Clients {
  readonly kms: KMSClient;
  readonly iam: IAMClient;
  readonly sts: STSClient;
}

export interface TwoAccounts {
  readonly service: Keywarden;
  /** The account the service was started with, and the one an operator added; each seen by its root user. */
  readonly ours: Clients;
  readonly partners: Clients;
  as(credentials: Credentials): Clients;
  /** Makes a user with one inline policy, or none. */
  aUser(owner: Clients, UserName: string, ...statements: readonly object[]): Promise<Credentials>;
}

export const ourAccount = harnessAccount.account;
export const partnerAccount = '222233334444';

export const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** Starts the built service with two accounts before the tests of this file and ends it after them. */
export function twoAccounts(options: () => Promise<KeywardenOptions> = async () => ({})): TwoAccounts {
  let started: Pick<TwoAccounts, 'service' | 'ours' | 'partners'> | undefined;
  const opened: { destroy(): void }[] = [];
  const running = () => {
    if (started === undefined) throw new Error('the service is started before the tests, not while they are declared');
    return started;
  };
  const clientsAt = ({ endpoint, region }: Keywarden, credentials: Credentials): Clients => {
    const settings = { endpoint, region, credentials, maxAttempts: 1 };
    const clients = { kms: new KMSClient(settings), iam: new IAMClient(settings), sts: new STSClient(settings) };
    opened.push(...Object.values(clients));
    return clients;
  };

  beforeAll(async () => {
    const service = await startKeywarden(await options());
    const environment = { KEYWARDEN_DATA_DIR: service.dataDir };
    const made = await answered<Credentials>(['accounts', 'create', partnerAccount], environment);
    started = { service, ours: clientsAt(service, service.credentials), partners: clientsAt(service, made) };
  }, 90_000);

  afterAll(async () => {
    for (const client of opened) client.destroy();
    await started?.service.stop();
  }, 90_000);

  return {
    get service() {
      return running().service;
    },
    get ours() {
      return running().ours;
    },
    get partners() {
      return running().partners;
    },
    as: (credentials) => clientsAt(running().service, credentials),
    aUser: async ({ iam }, UserName, ...statements) => {
      await iam.send(new CreateUserCommand({ UserName }));
      if (statements.length > 0) {
        const PolicyDocument = policy(...statements);
        await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
      }
      return credentialsOf((await iam.send(new CreateAccessKeyCommand({ UserName }))).AccessKey);
    },
  };
}

/** What IAM and STS answer with, as a client takes it. */
export function credentialsOf(
  answer: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string } | undefined,
): Credentials {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = answer ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined) throw new Error('the answer holds no credentials');
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** The name and the text of the error of a call that must be refused. */
export async function refusal(call: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  const answer: unknown = await call.catch((error: unknown) => error);
  if (!(answer instanceof Error)) throw new Error(`the call was not refused but answered ${JSON.stringify(answer)}`);
  if (!('$metadata' in answer)) throw answer;
  return { code: answer.name, message: answer.message };
}
