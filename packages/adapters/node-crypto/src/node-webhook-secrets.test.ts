import { SecretBytes, instant } from '@keywarden/kernel';
import { NodeWebhookSecrets } from './node-webhook-secrets';

const secrets = new NodeWebhookSecrets();
const given = (text: string): SecretBytes => SecretBytes.copyOf(Buffer.from(text, 'latin1'));
const textOf = (secret: SecretBytes): string => secret.expose((bytes) => Buffer.from(bytes).toString('latin1'));

describe('the secrets of webhooks', () => {
  it('sign as the example of the Standard Webhooks specification does', () => {
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      sentAt: instant(1_614_265_330_000),
      body: '{"test": 2432232314}',
    };
    expect(secrets.sign(given('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), message)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
    const later = { ...message, sentAt: instant(1_614_265_330_999) };
    expect(secrets.sign(given('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), later)).toMatch(/^v1,g0hM/);
    expect(secrets.sign(given('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), { ...message, id: 'other' })).not.toMatch(
      /^v1,g0hM/,
    );
  });

  it('are made fresh with 32 bytes, another each time', () => {
    const [one, two] = [secrets.fresh(), secrets.fresh()];
    expect(textOf(one)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(textOf(one)).not.toBe(textOf(two));
    expect(secrets.usable(one)).toBe(true);
  });

  it.each(['', 'whsec_', 'whsec_c2hvcnQ=', 'secret', `whsec_${'A'.repeat(100)}`, `whsec_${'A'.repeat(32)} `])(
    'are not usable when they are %j',
    (text) => {
      expect(secrets.usable(given(text))).toBe(false);
      expect(() => secrets.sign(given(text), { id: 'a', sentAt: instant(0), body: '' })).toThrow(RangeError);
    },
  );
});
