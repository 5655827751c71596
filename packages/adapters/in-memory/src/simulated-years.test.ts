import { simulatedYearsContract } from '@keywarden/maintenance/testing';
import { openInMemory } from './open-in-memory';

simulatedYearsContract(async (clock) => openInMemory({ clock }), 60);
