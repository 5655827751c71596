import type { GrantRefusal } from '@keywarden/key-service';
import { arnOf } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import { toWireError } from './wire-errors';

const keyArn = arnOf(aKmsKey());

describe('refusals about grants on the wire', () => {
  it.each<[GrantRefusal, string]>([
    [{ code: 'GrantNotFound', keyArn, grantId: 'a'.repeat(64) }, 'NotFoundException'],
    [{ code: 'GrantIdNotValid', grantId: 'abc' }, 'InvalidGrantIdException'],
    [{ code: 'GrantTokenNotValid' }, 'InvalidGrantTokenException'],
    [{ code: 'GrantQuotaReached', limit: 50_000, current: 50_000 }, 'LimitExceededException'],
    [{ code: 'GrantToRetireUnclear' }, 'ValidationException'],
    [{ code: 'GranteeUnclear' }, 'ValidationException'],
    [{ code: 'RetiringPartyUnclear' }, 'ValidationException'],
    [{ code: 'GrantOperationsMissing' }, 'ValidationException'],
    [
      { code: 'GrantOperationNotOfKey', operation: 'Sign', spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' },
      'ValidationException',
    ],
    [{ code: 'GrantOnlyToCreateGrants' }, 'ValidationException'],
    [{ code: 'GrantConstraintsAmbiguous' }, 'ValidationException'],
    [{ code: 'GrantConstraintNotOfKey', spec: 'HMAC_256' }, 'ValidationException'],
    [{ code: 'GrantConstraintTooManyPairs', limit: 8 }, 'ValidationException'],
    [{ code: 'GrantConstraintValueTooLong', limit: 384 }, 'ValidationException'],
    [{ code: 'GrantSourceArnMissing' }, 'ValidationException'],
    [{ code: 'GrantRetiringPartyMissing' }, 'ValidationException'],
  ])('%o is a %s', (refusal, type) => {
    expect(toWireError(refusal)).toEqual({ type, message: expect.any(String) });
  });

  it('say that a grantee is no principal in the words of AWS', () => {
    expect(toWireError({ code: 'GrantPartyNotValid', given: 'x' })).toEqual({
      type: 'InvalidArnException',
      message: 'ARN does not refer to a valid principal: x',
    });
  });
});
