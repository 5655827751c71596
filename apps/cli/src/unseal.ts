import { readConfiguration } from '@keywarden/config';
import { type UnsealAnswer, askSealed, giveShare } from '@keywarden/root-key-providers';
import type { Answer, Cli } from './cli';
import { CommandRefused } from './command-refused';

/** Gives shares to the sealed process until it opens, or the input ends. */
export async function unseal(cli: Cli, onlyAsk: boolean): Promise<Answer> {
  const { rootKey } = readConfiguration(cli.environment);
  if (rootKey.provider !== 'shares') {
    throw new CommandRefused(`only KEYWARDEN_ROOT_KEY_PROVIDER=shares is unsealed, and it is ${rootKey.provider}`);
  }
  const { surroundings } = cli;
  let answer = await askSealed(rootKey.unsealSocket);
  let refused: string | undefined;
  while (!onlyAsk && answer.sealed) {
    const share = await surroundings.askSecret(`share (${answer.given ?? 0} of ${answer.threshold ?? 0} given): `);
    if (share === undefined) break;
    using text = share;
    answer = await giveShare(rootKey.unsealSocket, text);
    refused = answer.refused;
    if (refused !== undefined) surroundings.writeErr(`keywarden: ${refused}\n`);
  }
  if (refused !== undefined) throw new CommandRefused('still sealed');
  return { json: answer, text: inWords(answer) };
}

function inWords({ sealed, given = 0, threshold = 0 }: UnsealAnswer): string {
  return sealed ? `sealed; ${given} of ${threshold} shares given` : 'unsealed';
}
