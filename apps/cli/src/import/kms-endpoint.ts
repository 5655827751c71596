import { isIPv4 } from 'node:net';
import { KMSClient } from '@aws-sdk/client-kms';
import type { Surroundings } from '../cli';
import { CommandRefused } from '../command-refused';

export interface EndpointOptions {
  readonly endpoint?: string;
  readonly region?: string;
}

/**
 * A client of the service that the options or the usual variables of the AWS tools name. The place must be named, as key
 * material must not end up with somebody else; and the way to it protected, or the wrapping key could be exchanged on it.
 * Credentials come from where the AWS tools look for them, except the metadata service of EC2, which knows none of ours.
 *
 * @throws CommandRefused with one line
 */
export function kmsClient({ endpoint, region }: EndpointOptions, environment: Surroundings['environment']): KMSClient {
  const place = endpoint ?? environment.AWS_ENDPOINT_URL_KMS ?? environment.AWS_ENDPOINT_URL;
  if (place === undefined) throw new CommandRefused('name the service by --endpoint or AWS_ENDPOINT_URL_KMS');
  if (!URL.canParse(place)) throw new CommandRefused(`the endpoint ${place} is no URL`);
  const { protocol, hostname } = new URL(place);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
    throw new CommandRefused(
      `the endpoint ${place} is neither https nor on this machine, so its wrapping key counts for nothing`,
    );
  }
  const where = region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  process.env.AWS_EC2_METADATA_DISABLED ??= 'true';
  return new KMSClient({
    endpoint: place,
    ...(where !== undefined && { region: where }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}
