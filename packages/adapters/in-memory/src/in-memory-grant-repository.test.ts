import { grantRepositoryContract } from '@keywarden/grants/testing';
import { openInMemory } from './open-in-memory';

grantRepositoryContract(async () => openInMemory());
