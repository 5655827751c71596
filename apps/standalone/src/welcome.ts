import type { FirstAccount } from '@keywarden/identity-service';

export interface WelcomeFacts {
  readonly endpoint: string;
  readonly region: string;
  readonly credentialsFile: string;
  /** Only when this start created it. */
  readonly firstAccount: FirstAccount | undefined;
  /** Only when this start made it. */
  readonly rootKeyFile: string | undefined;
}

/** What a person needs to copy: where the service is and how to point a client at it. */
export function welcome({ endpoint, region, credentialsFile, firstAccount, rootKeyFile }: WelcomeFacts): string {
  const lines = ['', `Keywarden is ready at ${endpoint}`, ''];
  if (firstAccount !== undefined) {
    lines.push(
      `  first account   ${firstAccount.account}`,
      `  access key id   ${firstAccount.accessKeyId}`,
      `  secret          in ${credentialsFile}, profile keywarden`,
      '',
    );
  }
  lines.push(
    'AWS CLI:',
    '',
    `  export AWS_SHARED_CREDENTIALS_FILE=${credentialsFile} AWS_PROFILE=keywarden`,
    `  export AWS_ENDPOINT_URL_KMS=${endpoint} AWS_REGION=${region}`,
    '  aws kms create-key --description "my first key"',
    '',
    'SDK for JavaScript, with the same environment:',
    '',
    `  new KMSClient({ endpoint: '${endpoint}', region: '${region}' })`,
    '',
  );
  if (rootKeyFile !== undefined) {
    lines.push(
      `WARNING: ${rootKeyFile} is the root key of everything stored here. Move it to a safe place, keep a copy apart`,
      'from the database, and name it by KEYWARDEN_ROOT_KEY_FILE. Without it no key can ever be used again.',
      '',
    );
  }
  return lines.join('\n');
}
