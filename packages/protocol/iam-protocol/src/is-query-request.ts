import { isAwsJson } from '@keywarden/aws-json';
import { isForm } from '@keywarden/aws-query';
import { type WireRequest, headerValue } from './wire-request';
import { queryServices } from './query-services';

const scopedService = /Credential=[^/,\s]+\/[^/,\s]*\/[^/,\s]*\/([^/,\s]*)\//;

/**
 * Whether a request on an endpoint shared with KMS is one for IAM or STS, before anything in it is believed: a signature
 * says which service it is for, whatever it is sent as; without one a form is what no JSON client sends. A body that
 * claims to be awsJson1_1 is never one.
 */
export function isQueryRequest({ headers }: Pick<WireRequest, 'headers'>): boolean {
  const contentType = headerValue(headers, 'content-type');
  if (isAwsJson(contentType)) return false;
  const service = scopedService.exec(headerValue(headers, 'authorization') ?? '')?.[1];
  return service === undefined ? isForm(contentType) : Object.hasOwn(queryServices, service);
}
