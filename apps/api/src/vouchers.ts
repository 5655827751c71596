import { readFile } from 'node:fs/promises';
import type { Configuration } from '@keywarden/config';
import type { AttestedRecipients } from '@keywarden/crypto';
import type { WebIdentities } from '@keywarden/identity-service';
import { NitroAttestedRecipients } from '@keywarden/nitro-attestation';
import { startupStep, systemClock } from '@keywarden/runtime';
import { readIssuersFile } from '@keywarden/web-identity';

/** Those outside whose word counts here: who attests enclaves, and who says who a workload is. */
export interface Vouchers {
  readonly attestedRecipients?: AttestedRecipients;
  readonly webIdentities?: WebIdentities;
}

/** @throws StartupError with one line when a file cannot be used */
export async function readVouchers({ attestationRootsFile, oidcIssuersFile }: Configuration): Promise<Vouchers> {
  const read = async <T>(setting: string, path: string | undefined, use: (path: string) => Promise<T>) =>
    path === undefined ? undefined : startupStep(`${setting} ${path} cannot be used`, () => use(path));
  const attestedRecipients = await read(
    'KEYWARDEN_ATTESTATION_ROOTS_FILE',
    attestationRootsFile,
    async (path) => new NitroAttestedRecipients({ trustRoots: await readFile(path, 'utf8') }),
  );
  const webIdentities = await read('KEYWARDEN_OIDC_ISSUERS_FILE', oidcIssuersFile, (path) =>
    readIssuersFile(path, systemClock),
  );
  return {
    ...(attestedRecipients !== undefined && { attestedRecipients }),
    ...(webIdentities !== undefined && { webIdentities }),
  };
}
