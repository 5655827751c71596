import { requestFacts } from './request-facts';

const none = { context: {}, conditionKeys: {} };

describe('what a supposed request says', () => {
  it('is what the API takes for granted when nothing is said', () => {
    expect(requestFacts('kms:Encrypt', none)).toEqual({ encryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
    expect(requestFacts('kms:Sign', none)).toEqual({ messageType: 'RAW' });
    expect(requestFacts('kms:ScheduleKeyDeletion', none)).toEqual({ scheduleKeyDeletionPendingWindowInDays: 30 });
    expect(requestFacts('kms:DescribeKey', none)).toEqual({});
  });

  it('takes the encryption context and condition keys whatever their case', () => {
    const conditionKeys = {
      'KMS:signingalgorithm': 'ECDSA_SHA_256',
      'kms:MessageType': 'DIGEST',
      'aws:RequestTag/Team': 'payroll',
      'kms:GrantOperations': 'Encrypt,Decrypt',
    };
    expect(requestFacts('kms:Sign', { context: { a: '1' }, conditionKeys })).toEqual({
      encryptionContext: { a: '1' },
      signingAlgorithm: 'ECDSA_SHA_256',
      messageType: 'DIGEST',
      grantOperations: ['Encrypt', 'Decrypt'],
      grantConstraints: {},
      requestTags: [{ key: 'Team', value: 'payroll' }],
    });
  });

  it.each([
    ['kms:KeySpec', 'a fact of the key'],
    ['constructor', 'no condition key'],
    ['kms:RotationPeriodInDays', 'no number'],
    ['kms:ReEncryptOnSameKey', 'neither true nor false'],
  ])('refuses %s with %s', (name, value) => {
    expect(() => requestFacts('kms:Sign', { context: {}, conditionKeys: { [name]: value } })).toThrow();
  });
});
