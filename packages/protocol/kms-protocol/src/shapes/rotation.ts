import { boolean, integer, list, required, structure, timestamp } from '@keywarden/aws-json';
import { keyId, keyMaterialDescription, keyMaterialId, limit, marker } from './common';
import { expirationModel, importState, includeKeyMaterial, keyMaterialState, rotationType } from './enumerations';

const rotationPeriodInDays = integer({ min: 90, max: 2560 });
const rotationsListEntry = structure({
  KeyId: keyId,
  KeyMaterialId: keyMaterialId,
  KeyMaterialDescription: keyMaterialDescription,
  ImportState: importState,
  KeyMaterialState: keyMaterialState,
  ExpirationModel: expirationModel,
  ValidTo: timestamp(),
  RotationDate: timestamp(),
  RotationType: rotationType,
});

export const enableKeyRotation = {
  input: structure({
    KeyId: required(keyId),
    RotationPeriodInDays: rotationPeriodInDays,
  }),
  output: undefined,
};

export const disableKeyRotation = {
  input: structure({
    KeyId: required(keyId),
  }),
  output: undefined,
};

export const getKeyRotationStatus = {
  input: structure({
    KeyId: required(keyId),
  }),
  output: structure({
    KeyRotationEnabled: boolean(),
    KeyId: keyId,
    RotationPeriodInDays: rotationPeriodInDays,
    NextRotationDate: timestamp(),
    OnDemandRotationStartDate: timestamp(),
  }),
};

export const rotateKeyOnDemand = {
  input: structure({
    KeyId: required(keyId),
  }),
  output: structure({
    KeyId: keyId,
  }),
};

export const listKeyRotations = {
  input: structure({
    KeyId: required(keyId),
    IncludeKeyMaterial: includeKeyMaterial,
    Limit: limit,
    Marker: marker,
  }),
  output: structure({
    Rotations: list(rotationsListEntry),
    NextMarker: marker,
    Truncated: boolean(),
  }),
};
