import { pinText } from '@keywarden/crypto';
import type { RootKeyStatus } from '@keywarden/root-keys';
import type { Answer } from './cli';
import type { HandedOut } from './share-handout';
import { table } from './table';

export function statusAnswer({ roots, providers, pin }: RootKeyStatus): Answer {
  const rootRows = roots.map(({ id, status, domainKeys }) => [id, status, String(domainKeys)]);
  const providerRows = providers.map(({ id, kind, createdAt }) => [id, kind, new Date(createdAt).toISOString()]);
  return {
    json: {
      roots,
      providers: providers.map(({ id, kind, createdAt }) => ({ id, kind, createdAt })),
      pin: pin && pinText(pin),
    },
    text: [
      table(['root key', 'status', 'domain keys'], rootRows, 'no root key yet'),
      '',
      table(['provider', 'kind', 'added'], providerRows, 'no provider is written down'),
      '',
      `pin  ${pin === undefined ? 'none before the first ceremony' : pinText(pin)}`,
    ].join('\n'),
  };
}

/** What was done, and the shares, this once. */
export function withShares(
  facts: Readonly<Record<string, string | undefined>>,
  line: string,
  { texts, files }: HandedOut,
): Answer {
  const shown = [
    ...(texts.length > 0 ? ['', ...texts, '', 'Each share is shown this once; give each to another person.'] : []),
    ...(files.length > 0 ? ['', ...files] : []),
  ];
  return {
    json: { ...facts, ...(texts.length > 0 && { shares: texts }), ...(files.length > 0 && { shareFiles: files }) },
    text: [line, ...shown].join('\n'),
  };
}
