import type { GatherShares } from '@keywarden/runtime';
import { ShareCollection, shareRefusalLine } from '@keywarden/root-key-providers';
import type { Surroundings } from './cli';

/** Asks for shares until there are enough; a wrong one is named and asked for again. */
export function askForShares({
  surroundings,
}: {
  readonly surroundings: Pick<Surroundings, 'askSecret' | 'writeErr'>;
}): GatherShares {
  return async (description) => {
    const collection = new ShareCollection(description);
    for (;;) {
      const { given, threshold, providerId } = collection.progress;
      const share = await surroundings.askSecret(`share ${given + 1} of ${threshold} of ${providerId}: `);
      if (share === undefined) return undefined;
      using text = share;
      const added = collection.add(text);
      if (!added.ok) surroundings.writeErr(`keywarden: ${shareRefusalLine(added.refusal)}\n`);
      else if (added.value !== undefined) return added.value;
    }
  };
}
