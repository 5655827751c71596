import { accepted, refused } from '@keywarden/kernel/testing';
import { sameAccountAuthoriser } from '@keywarden/authorization';
import { arnOf } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import { KeyPolicyHandlers } from './key-policies';
import { KeyPolicyCheck } from './key-policy-check';
import { defaultKeyPolicy } from './key-policy-rules';
import { describeDoor } from './testing/door-refusals';
import { type OperationSuite, operationSuite } from './testing/operation-suite';

const key = aKmsKey();
const policy = ` ${defaultKeyPolicy(key.account, key.region)}\r\n\t`;
const handlersOf = ({ door, changes }: OperationSuite) =>
  new KeyPolicyHandlers(door, changes, new KeyPolicyCheck(sameAccountAuthoriser));

describe.each(['getKeyPolicy', 'putKeyPolicy', 'listKeyPolicies'] as const)('%s', (operation) => {
  describeDoor(key, 'refused', (suite, keyId, stranger) =>
    handlersOf(suite)[operation](stranger === true ? suite.stranger() : suite.context(), { keyId, policy }),
  );
});

describe('key policies', () => {
  it('are answered byte for byte as they were put', async () => {
    const suite = operationSuite(key);
    const handlers = handlersOf(suite);
    accepted(await handlers.putKeyPolicy(suite.context(), { keyId: key.id, policyName: 'default', policy }));
    const read = accepted(await handlers.getKeyPolicy(suite.context(), { keyId: key.id }));
    expect(read).toEqual({ policy, policyName: 'default' });
    const facts = { bypassPolicyLockoutSafetyCheck: false };
    expect(suite.asked[0]).toEqual({ action: 'kms:PutKeyPolicy', facts });
  });

  it('have no other name than default', async () => {
    const suite = operationSuite(key);
    const handlers = handlersOf(suite);
    const named = { keyId: key.id, policyName: 'other', policy };
    expect(refused(await handlers.getKeyPolicy(suite.context(), named))).toEqual({ code: 'PolicyNameUnknown' });
    expect(refused(await handlers.putKeyPolicy(suite.context(), named))).toEqual({ code: 'PolicyNameUnknown' });
    const listed = accepted(await handlers.listKeyPolicies(suite.context(), { keyId: key.id, limit: 1 }));
    expect(listed).toEqual({ policyNames: ['default'], nextMarker: undefined, truncated: false });
    const marker = 'no marker';
    const refusal = refused(await handlers.listKeyPolicies(suite.context(), { keyId: key.id, marker }));
    expect(refusal).toEqual({ code: 'MarkerNotValid' });
  });

  it('stay as they are when the new one is refused', async () => {
    const suite = operationSuite(key);
    const refusal = refused(await handlersOf(suite).putKeyPolicy(suite.context(), { keyId: key.id, policy: '{}' }));
    expect(refusal).toMatchObject({ code: 'PolicyMalformed' });
    expect(suite.store.at(key).policy).toBe(key.policy);
  });

  it('can be changed while the key waits for deletion, and never on an AWS managed key', async () => {
    const state = { kind: 'PendingReplicaDeletion', windowInDays: 7 } as const;
    const leaving = operationSuite({ ...key, state });
    accepted(await handlersOf(leaving).putKeyPolicy(leaving.context(), { keyId: key.id, policy }));
    const managed = operationSuite({ ...key, manager: 'AWS' });
    const refusal = refused(await handlersOf(managed).putKeyPolicy(managed.context(), { keyId: key.id, policy: '{}' }));
    expect(refusal).toEqual({ code: 'AwsManagedKey', keyArn: arnOf(key) });
  });
});
