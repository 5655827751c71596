import { type Authoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import type { Configuration } from '@keywarden/config';
import { CredentialDirectory } from '@keywarden/identity-service';
import { KeyDirectory } from '@keywarden/key-service';
import { RequestPipeline, keyServiceHandlers } from '@keywarden/kms-protocol';
import {
  NodeMaterialFactory,
  NodeRandomness,
  NodeSecretSource,
  NodeSecretWrapping,
  NodeSymmetricEncryption,
  UnwrappedMaterials,
} from '@keywarden/node-crypto';
import { type Foundation, systemClock } from '@keywarden/runtime';
import { SigV4Verifier } from '@keywarden/sigv4';
import { type Logger, errorFields } from '@keywarden/telemetry';
import { ContainerModule } from 'inversify';
import { tokens } from './tokens';

/** How long a node trusts what it holds without having heard of a change. */
const cacheAgeMs = 300_000;
