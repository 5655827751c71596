import { type AccountId, parseAccountId } from '@keywarden/kernel';
import { rootCaller } from './caller';

it('the root user of an account is named by its ARN and has the account id as its unique id', () => {
  expect(rootCaller(parseAccountId('111122223333') as AccountId, 'AKIAIOSFODNN7EXAMPLE')).toEqual({
    account: '111122223333',
    arn: 'arn:aws:iam::111122223333:root',
    type: 'Root',
    principalId: '111122223333',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  });
});
