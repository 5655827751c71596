import type { Region } from '@keywarden/kernel';
import { LocalLimiter, QuotaValues, RequestQuotas } from '@keywarden/quotas';
import { ContainerModule } from 'inversify';
import { tokens } from './tokens';

/** How often accounts may call. */
export const quotaModule = new ContainerModule(({ bind }) => {
  bind(tokens.quotaValues)
    .toResolvedValue(({ keyQuota }) => new QuotaValues({ keys: keyQuota }), [tokens.configuration])
    .inSingletonScope();
  bind(tokens.limiter)
    .toResolvedValue(() => new LocalLimiter(() => performance.now()))
    .inSingletonScope();
  bind(tokens.requestQuotas)
    .toResolvedValue(
      (limiter, values, { requestQuotas, regions }) => ({
        quotas: requestQuotas === 'off' ? undefined : new RequestQuotas(limiter, values, new Set<Region>(regions)),
      }),
      [tokens.limiter, tokens.quotaValues, tokens.configuration],
    )
    .inSingletonScope();
});
