import { parseAccountId, parseRegion } from './account';
import { looksLikeAlias, parseKeyReference } from './key-reference';

const caller = { account: parseAccountId('111122223333')!, region: parseRegion('eu-central-1')! };
const uuid = '1234abcd-12ab-34cd-56ef-1234567890ab';
const multiRegion = 'mrk-1234abcd12ab34cd56ef1234567890ab';

describe('parseKeyReference', () => {
  it.each([uuid, uuid.toUpperCase(), multiRegion])(
    'takes the key id %s to be in the account of the caller',
    (keyId) => {
      expect(parseKeyReference(keyId, caller)).toEqual({
        ok: true,
        value: { kind: 'key', account: '111122223333', keyId },
      });
    },
  );

  it('takes the account from a key ARN', () => {
    expect(parseKeyReference(`arn:aws:kms:eu-central-1:444455556666:key/${uuid}`, caller)).toEqual({
      ok: true,
      value: { kind: 'key', account: '444455556666', keyId: uuid },
    });
  });

  it('takes the account from an alias ARN', () => {
    expect(parseKeyReference('arn:aws:kms:eu-central-1:444455556666:alias/a/b', caller)).toEqual({
      ok: true,
      value: { kind: 'alias', account: '444455556666', alias: 'alias/a/b' },
    });
  });

  it('refuses an ARN of another Region, multi-Region keys included', () => {
    expect(parseKeyReference(`arn:aws:kms:us-east-1:111122223333:key/${multiRegion}`, caller)).toEqual({
      ok: false,
      refusal: { code: 'ArnOfAnotherRegion', region: 'us-east-1' },
    });
  });

  it.each([
    uuid.replaceAll('-', ''),
    'mrk-1234',
    'mrk-1234ABCD12ab34cd56ef1234567890ab',
    'project',
    'alias/',
    'alias/a b',
    '',
    ` ${uuid}`,
    `${uuid}\n`,
    'constructor',
  ])('refuses %j as a key id', (given) => {
    expect(parseKeyReference(given, caller)).toEqual({ ok: false, refusal: { code: 'KeyReferenceMalformed', given } });
  });

  it.each(['foo', 'alias/a', '', uuid.replaceAll('-', '')])('refuses %j as the key id of an ARN', (keyId) => {
    const given = `arn:aws:kms:eu-central-1:111122223333:key/${keyId}`;
    expect(parseKeyReference(given, caller)).toEqual({ ok: false, refusal: { code: 'ArnKeyIdMalformed', keyId } });
  });

  it.each([
    'arn:aws:s3:eu-central-1:111122223333:key/1234',
    'arn:aws:kms:eu-central-1:1111:key/1234',
    'arn:aws:kms:eu-central-1:111122223333',
    'arn:aws:kms:eu-central-1:111122223333:grant/1234',
    'arn:aws-cn:kms:eu-central-1:111122223333:alias/a',
    'arn:',
  ])('refuses %j as an ARN', (given) => {
    expect(parseKeyReference(given, caller)).toEqual({ ok: false, refusal: { code: 'ArnMalformed', given } });
  });
});

describe('looksLikeAlias', () => {
  it.each(['alias/a', 'alias/', 'alias/a b', 'arn:aws:kms:eu-central-1:111122223333:alias/a', 'arn:x:alias/'])(
    'takes %j for an alias',
    (given) => expect(looksLikeAlias(given)).toBe(true),
  );

  it.each([uuid, multiRegion, `arn:aws:kms:eu-central-1:111122223333:key/${uuid}`, 'alias', 'my-alias/a', ''])(
    'takes %j for none',
    (given) => expect(looksLikeAlias(given)).toBe(false),
  );
});
