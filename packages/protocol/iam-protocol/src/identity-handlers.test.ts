import type { IdentityOperations } from '@keywarden/identity-service';
import { accept } from '@keywarden/kernel';
import { identityHandlers } from './index';
import { querySuite } from './testing/query-suite';

const called: string[] = [];
/** Answers every use case with its own name. */
const operations = new Proxy({} as IdentityOperations, {
  get: (_target, name) => async () => {
    called.push(String(name));
    return accept(undefined);
  },
});
const handlers = identityHandlers(operations);

it('hands every action to the use case of its name', async () => {
  for (const [action, handler] of Object.entries(handlers)) {
    called.length = 0;
    await (handler as (context: unknown, command: unknown) => Promise<unknown>)({}, {});
    expect(called).toEqual([action.charAt(0).toLowerCase() + action.slice(1)]);
  }
});

it('answers UpdateRole with an empty result', async () => {
  const { ask } = querySuite(handlers);
  const { text } = await ask({ body: 'Action=UpdateRole&Version=2010-05-08&RoleName=r' });
  expect(text).toContain('<UpdateRoleResult/>');
});

it('asks nobody to make an access key expired', async () => {
  called.length = 0;
  const { ask } = querySuite(handlers);
  const key = 'AccessKeyId=AKIAIOSFODNN7EXAMPLE&Status=Expired';
  const answer = await ask({ body: `Action=UpdateAccessKey&Version=2010-05-08&${key}` });
  expect(answer).toMatchObject({ status: 400, code: 'ValidationError' });
  expect(called).toEqual([]);
});
