import type { AcceptedScopes } from '@keywarden/sigv4';
import type { QueryService } from './query-services';

/** Where the global endpoints of IAM and STS are; their clients sign for it wherever they run. */
const globalRegion = 'us-east-1';

/** The credential scopes that the verifier of a service accepts: the configured Regions and that of the global endpoint. */
export function acceptedScopes(service: QueryService, regions: Iterable<string>): AcceptedScopes {
  return { regions: new Set([...regions, globalRegion]), services: new Set([service]) };
}
