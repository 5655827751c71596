import {
  createHmac,
  createSecretKey,
  decapsulate,
  encapsulate,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';

/** The runtime's own operation, for what `openssl speed` of many systems does not know. */
export type Primitive = 'ml-dsa-65' | 'ml-kem-768' | 'hmac-sha256';

const message = Buffer.alloc(32, 7);

/** Operations per second of one thread, in a tight loop of half a second. */
export function primitivesPerSecond(primitive: Primitive): number {
  const operation = prepare[primitive]();
  for (let warm = 0; warm < 20; warm += 1) operation();
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < 500) {
    operation();
    count += 1;
  }
  return (count * 1_000) / (performance.now() - began);
}

const prepare: Readonly<Record<Primitive, () => () => unknown>> = {
  'ml-dsa-65': () => {
    const { privateKey } = generateKeyPairSync('ml-dsa-65');
    return () => sign(null, message, privateKey);
  },
  'ml-kem-768': () => {
    const { publicKey, privateKey } = generateKeyPairSync('ml-kem-768');
    const { ciphertext } = encapsulate(publicKey);
    return () => decapsulate(privateKey, ciphertext);
  },
  'hmac-sha256': () => {
    const key = createSecretKey(randomBytes(32));
    return () => createHmac('sha256', key).update(message).digest();
  },
};
