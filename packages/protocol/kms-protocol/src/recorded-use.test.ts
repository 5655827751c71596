import { type Region, accept, instant, refuse } from '@keywarden/kernel';
import type { NotedUse, RequestContext } from '@keywarden/key-service';
import type { OperationHandlers } from './operations';
import { recordingUse } from './recorded-use';

const first = '1234abcd-12ab-34cd-56ef-1234567890ab';
const second = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const arn = (id: string) => `arn:aws:kms:eu-central-1:111122223333:key/${id}`;
const context = { region: 'eu-central-1' as Region, now: instant(5), requestId: 'r' } as RequestContext;
const dryRun = refuse({ code: 'DryRunSucceeded' } as const);

async function usesOf(handlers: OperationHandlers, operation: keyof OperationHandlers): Promise<readonly NotedUse[]> {
  const uses: NotedUse[] = [];
  const recording = recordingUse(handlers, { note: (use) => void uses.push(use) });
  await recording[operation]!(context, {} as never);
  return uses;
}

describe('recording the use of keys', () => {
  const noted = (operation: string, id: string) => ({
    key: { region: 'eu-central-1', id },
    operation,
    at: instant(5),
    requestId: 'r',
  });

  it('notes the key of a successful cryptographic operation', async () => {
    const handlers: OperationHandlers = { Sign: async () => accept({ keyId: arn(first) }) };
    expect(await usesOf(handlers, 'Sign')).toEqual([noted('Sign', first)]);
  });

  it('notes both keys of ReEncrypt, and one that is both once', async () => {
    const between = (sourceKeyId: string): OperationHandlers => ({
      ReEncrypt: async () => accept({ keyId: arn(first), sourceKeyId: arn(sourceKeyId) }),
    });
    const both = [noted('ReEncrypt', first), noted('ReEncrypt', second)];
    expect(await usesOf(between(second), 'ReEncrypt')).toEqual(both);
    expect(await usesOf(between(first), 'ReEncrypt')).toEqual([noted('ReEncrypt', first)]);
  });

  it('notes neither refusals nor dry runs nor other operations', async () => {
    const handlers: OperationHandlers = {
      Encrypt: async () => dryRun,
      DescribeKey: async () => accept({ keyMetadata: { keyId: first } }),
    };
    expect(await usesOf(handlers, 'Encrypt')).toEqual([]);
    expect(await usesOf(handlers, 'DescribeKey')).toEqual([]);
  });
});
