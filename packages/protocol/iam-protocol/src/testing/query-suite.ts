import { RecordingTrail } from '@keywarden/audit/testing';
import { type Caller, rootCaller } from '@keywarden/identity';
import { type AccountId, type Region, SecretBytes, parseAccountId } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { SigV4Verifier, signRequest } from '@keywarden/sigv4';
import {
  type QueryHandlers,
  type QueryObserver,
  QueryPipeline,
  type QueryPipelineOptions,
  type QueryService,
  type WireRequest,
  acceptedScopes,
} from '../index';

export const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
export const account = parseAccountId('111122223333') as AccountId;
export const requestId = '0b7b5f0c-0000-4000-8000-000000000000';
export const clock = new SettableClock();
const encoder = new TextEncoder();
const secretAccessKey = SecretBytes.copyOf(encoder.encode('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'));
const otherSecret = SecretBytes.copyOf(encoder.encode('someone-elses-secret-access-key'));

export interface Ask {
  readonly body: string;
  readonly service?: QueryService | 'kms';
  readonly region?: string;
  readonly signed?: boolean;
  readonly contentType?: string;
  /** Signs with a secret that is not the caller's. */
  readonly forged?: boolean;
  readonly change?: (request: WireRequest) => WireRequest;
}

/** A request as a client sends it, signed unless told otherwise. */
export function wireRequest({ service = 'iam', region = 'eu-central-1', signed = true, ...ask }: Ask): WireRequest {
  const body = encoder.encode(ask.body);
  const headers: [string, string][] = [
    ['Content-Type', ask.contentType ?? 'application/x-www-form-urlencoded; charset=utf-8'],
    ['User-Agent', 'test'],
  ];
  const given = { method: 'POST', url: 'http://keys.example.com:8080/', headers, body };
  const credentials = { accessKeyId, secretAccessKey: ask.forged === true ? otherSecret : secretAccessKey };
  const request: WireRequest = {
    requestId,
    method: 'POST',
    target: '/',
    headers: signed ? signRequest({ ...given, credentials, region, service, now: clock.now() }) : headers,
    body,
    remoteAddress: '192.0.2.1',
    secure: true,
  };
  return ask.change === undefined ? request : ask.change(request);
}

/** A pipeline with one known access key, that of the root user. */
export function querySuite(
  handlers: QueryHandlers,
  findSigningSecret?: () => never,
  limits: Pick<QueryPipelineOptions, 'quotas' | 'addresses'> = {},
) {
  const faults: [string, string | undefined, unknown][] = [];
  const outcomes: Parameters<QueryObserver>[0][] = [];
  const trail = new RecordingTrail();
  let lookups = 0;
  const principal = rootCaller(account, accessKeyId);
  const verifierOf = (service: QueryService) =>
    new SigV4Verifier<Caller>({
      ...acceptedScopes(service, ['eu-central-1']),
      credentials: {
        findSigningSecret: (id) => {
          lookups += 1;
          if (findSigningSecret !== undefined) return findSigningSecret();
          return id === accessKeyId ? { secretAccessKey, principal } : undefined;
        },
      },
    });
  const pipeline = new QueryPipeline({
    handlers,
    verifiers: { iam: verifierOf('iam'), sts: verifierOf('sts') },
    homeRegion: 'eu-central-1' as Region,
    clock,
    audit: trail,
    ...limits,
    observe: (outcome) => outcomes.push(outcome),
    logFault: (...fault) => faults.push(fault),
  });
  const ask = async (given: Ask) => {
    const answer = await pipeline.handle(wireRequest(given));
    const text = new TextDecoder().decode(answer.body);
    const part = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(text)?.[1];
    return { ...answer, text, code: part('Code'), message: part('Message') };
  };
  return { ask, pipeline, trail, faults, outcomes, lookups: () => lookups };
}
