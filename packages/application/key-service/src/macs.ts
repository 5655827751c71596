import type { MacGeneration } from '@keywarden/crypto';
import { type KeyArn, type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type MacAlgorithm, arnOf } from '@keywarden/keys';
import { openCryptographic } from './cryptographic-use';
import type { KeyDoor } from './key-door';
import type { DryRunSucceeded, KeyDoorRefusal, MacNotValid, UsageRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkDryRun } from './usage';

export interface GenerateMac {
  readonly keyId: string;
  /** 1 to 4,096 bytes */
  readonly message: SecretBytes;
  readonly macAlgorithm: MacAlgorithm;
  readonly grantTokens?: readonly string[];
  readonly dryRun?: boolean;
}

export interface VerifyMac extends GenerateMac {
  /** 1 to 6,144 bytes */
  readonly mac: Uint8Array;
}

export interface MacGenerated {
  readonly mac: Uint8Array;
  readonly macAlgorithm: MacAlgorithm;
  readonly keyId: KeyArn;
}

export interface MacVerified {
  readonly keyId: KeyArn;
  /** Always true: what does not verify is refused. */
  readonly macValid: boolean;
  readonly macAlgorithm: MacAlgorithm;
}

type Refusals = KeyDoorRefusal | UsageRefusal | DryRunSucceeded;

/**
 * GenerateMac and VerifyMac.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_VerifyMac.html
 */
export class MacHandlers {
  constructor(
    private readonly door: KeyDoor,
    private readonly macs: MacGeneration,
  ) {}

  async generateMac(context: RequestContext, command: GenerateMac): Promise<Result<MacGenerated, Refusals>> {
    const use = await this.#open(context, 'GenerateMac', command);
    if (!use.ok) return use;
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) return dryRun;
    const { macAlgorithm } = command;
    const mac = await this.macs.generate(use.value, macAlgorithm, command.message);
    return accept({ mac, macAlgorithm, keyId: arnOf(use.value.key) });
  }

  /** A dry run looks at the MAC too: it answers what the call itself would. */
  async verifyMac(context: RequestContext, command: VerifyMac): Promise<Result<MacVerified, Refusals | MacNotValid>> {
    const use = await this.#open(context, 'VerifyMac', command);
    if (!use.ok) return use;
    const { macAlgorithm } = command;
    const valid = await this.macs.verify(use.value, macAlgorithm, command.message, command.mac);
    if (!valid) return refuse({ code: 'MacNotValid' });
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) return dryRun;
    return accept({ keyId: arnOf(use.value.key), macValid: true, macAlgorithm });
  }

  async #open<O extends 'GenerateMac' | 'VerifyMac'>(context: RequestContext, operation: O, command: GenerateMac) {
    const { keyId, grantTokens, macAlgorithm } = command;
    return openCryptographic(this.door, context, {
      operation,
      keyId,
      usage: 'GENERATE_VERIFY_MAC',
      algorithm: macAlgorithm,
      facts: { macAlgorithm },
      grantTokens,
    });
  }
}
