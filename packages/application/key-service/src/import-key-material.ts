import type {
  CiphertextRefused,
  EncryptedMaterialSizeWrong,
  FreshMaterial,
  ImportWrapping,
  MaterialFactory,
  MaterialUnsuitable,
} from '@keywarden/crypto';
import { type Instant, type KeyArn, type Result, accept, days, plusDays, refuse } from '@keywarden/kernel';
import {
  type CommandRefusal,
  type ExpirationModel,
  type ImportRefusal,
  type ImportType,
  type KeyMaterialId,
  type KmsKey,
  arnOf,
  deleteFromFamily,
  importIntoFamily,
  importable,
  parseKeyMaterialId,
} from '@keywarden/keys';
import { importOwner } from './import-parameters';
import type { KeyFamilyChanges } from './key-family-changes';
import type { ImportParameterRefusal, KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface ImportKeyMaterial {
  readonly keyId: string;
  readonly importToken: Uint8Array;
  readonly encryptedKeyMaterial: Uint8Array;
  readonly validTo?: Instant;
  /** KEY_MATERIAL_EXPIRES when absent */
  readonly expirationModel?: ExpirationModel;
  readonly importType?: ImportType;
  readonly keyMaterialDescription?: string;
  readonly keyMaterialId?: string;
}

export interface DeleteImportedKeyMaterial {
  readonly keyId: string;
  /** The current material when absent. */
  readonly keyMaterialId?: string;
}

export interface ImportedMaterialAnswer {
  readonly keyId: KeyArn;
  /** Only symmetric encryption keys show it. */
  readonly keyMaterialId?: KeyMaterialId;
}

type Refusals = KeyDoorRefusal | CommandRefusal | ImportRefusal | ImportParameterRefusal;
type ImportRefusals = Refusals | CiphertextRefused | EncryptedMaterialSizeWrong | MaterialUnsuitable;

const longestValidity = days(365);

/** ImportKeyMaterial and DeleteImportedKeyMaterial. */
export class ImportHandlers {
  constructor(
    private readonly families: KeyFamilyChanges,
    private readonly wrapping: ImportWrapping,
    private readonly materials: MaterialFactory,
  ) {}

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html */
  async importKeyMaterial(
    context: RequestContext,
    command: ImportKeyMaterial,
  ): Promise<Result<ImportedMaterialAnswer, ImportRefusals>> {
    const { expirationModel = 'KEY_MATERIAL_EXPIRES', validTo, keyMaterialDescription: description } = command;
    const validity = checkValidity(expirationModel, validTo, context.now);
    if (!validity.ok) return validity;
    const expected = checkMaterialId(command.keyMaterialId);
    if (!expected.ok) return expected;
    const opened = await this.families.open(context, {
      given: command.keyId,
      operation: 'ImportKeyMaterial',
      facts: { expirationModel, validTo },
    });
    if (!opened.ok) return opened;
    const allowed = importable('ImportKeyMaterial', opened.value.key, context.now);
    if (!allowed.ok) return allowed;
    const arrived = await this.#unwrap(allowed.value, command, context.now);
    if (!arrived.ok) return arrived;
    const terms = { validTo, description, importType: command.importType, expectedId: expected.value };
    const stored = await this.families.store<CommandRefusal | ImportRefusal>(allowed.value, (copies, key) =>
      importIntoFamily(copies, key, arrived.value, terms, context.now),
    );
    return stored.ok ? accept(answer(allowed.value, arrived.value.id)) : stored;
  }

  /** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html */
  async deleteImportedKeyMaterial(
    context: RequestContext,
    command: DeleteImportedKeyMaterial,
  ): Promise<Result<ImportedMaterialAnswer, Refusals>> {
    const given = checkMaterialId(command.keyMaterialId);
    if (!given.ok) return given;
    const operation = 'DeleteImportedKeyMaterial';
    const opened = await this.families.open(context, { given: command.keyId, operation });
    if (!opened.ok) return opened;
    const { key } = opened.value;
    let deleted = given.value ?? key.currentMaterialId;
    const stored = await this.families.store<CommandRefusal | ImportRefusal>(key, (copies, held) => {
      deleted = given.value ?? held.currentMaterialId;
      return deleteFromFamily(copies, held, given.value, context.now);
    });
    return stored.ok ? accept(answer(key, deleted)) : stored;
  }

  /** The customer's material, out of its transport and wrapped for storage. */
  async #unwrap(
    key: KmsKey,
    { importToken, encryptedKeyMaterial }: ImportKeyMaterial,
    now: Instant,
  ): Promise<Result<FreshMaterial, ImportRefusals>> {
    const opened = await this.wrapping.open(importOwner(key), importToken);
    if (opened === undefined) return refuse({ code: 'ImportTokenNotValid' });
    if (opened.validTo <= now) return refuse({ code: 'ImportTokenExpired' });
    const unwrapped = await opened.unwrap(encryptedKeyMaterial);
    if (!unwrapped.ok) return unwrapped;
    using bytes = unwrapped.value;
    return await this.materials.adopt(importOwner(key), bytes);
  }
}

function answer(key: KmsKey, materialId: KeyMaterialId | undefined): ImportedMaterialAnswer {
  const shown = key.spec === 'SYMMETRIC_DEFAULT' && materialId !== undefined;
  return { keyId: arnOf(key), ...(shown && { keyMaterialId: materialId }) };
}

function checkValidity(
  model: ExpirationModel,
  validTo: Instant | undefined,
  now: Instant,
): Result<void, ImportParameterRefusal> {
  if (model === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    return validTo === undefined ? accept(undefined) : refuse({ code: 'ValidToNotAllowed' });
  }
  if (validTo === undefined) return refuse({ code: 'ValidToMissing' });
  const inTime = validTo > now && validTo <= plusDays(now, longestValidity);
  return inTime ? accept(undefined) : refuse({ code: 'ValidToOutOfRange' });
}

/** The form was checked at the edge; what has another form is no material of any key. */
function checkMaterialId(given: string | undefined): Result<KeyMaterialId | undefined, ImportRefusal> {
  if (given === undefined) return accept(undefined);
  const id = parseKeyMaterialId(given);
  return id === undefined ? refuse({ code: 'MaterialNotOfKey' }) : accept(id);
}
