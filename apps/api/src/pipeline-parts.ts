import { DenialFloor } from '@keywarden/aws-json';
import type { RequestPipelineOptions } from '@keywarden/kms-protocol';
import { errorFields } from '@keywarden/telemetry';
import { ContainerModule } from 'inversify';
import { tokens } from './tokens';

/** What the pipelines of all services have in common: who signs as what, and is counted how, is theirs to say. */
export type PipelineParts = Pick<
  RequestPipelineOptions,
  'clock' | 'audit' | 'quotas' | 'addresses' | 'denials' | 'logFault'
>;

/** Longer than any look-up on the way to a denial should take, and short enough for whoever mistyped a policy. */
const denialFloorMs = 20;

export const pipelinePartsModule = new ContainerModule(({ bind }) => {
  bind(tokens.pipelineParts)
    .toResolvedValue(
      (clock, audit, counting, logger): PipelineParts => ({
        ...counting,
        clock,
        audit,
        // Shared: a denial tells by its time nothing of what is there, whichever service denies.
        denials: new DenialFloor(denialFloorMs),
        logFault: (requestId, operation, fault) =>
          logger.error({ requestId, operation, ...errorFields(fault) }, 'fault'),
      }),
      [tokens.clock, tokens.audit, tokens.requestQuotas, tokens.logger],
    )
    .inSingletonScope();
});
