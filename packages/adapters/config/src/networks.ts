import { isIP } from 'node:net';

/** @returns at most 100 networks in CIDR form, as they are written; undefined when the text is no comma list of them */
export function parseNetworks(text: string): readonly string[] | undefined {
  const networks = text.split(',').map((network) => network.trim());
  return networks.length <= 100 && networks.every(isNetwork) ? networks : undefined;
}

function isNetwork(text: string): boolean {
  const [, address = '', prefix = ''] = /^([0-9a-fA-F.:]+)\/([0-9]{1,3})$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(prefix) <= (version === 4 ? 32 : 128);
}

/** Everybody is no network to trust: whoever calls could call themselves what they like. */
export function parseTrustedNetworks(text: string): readonly string[] | undefined {
  const networks = parseNetworks(text);
  return networks?.some((network) => /\/0+$/.test(network)) === true ? undefined : networks;
}
