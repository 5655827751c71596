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

/** Operations in a second of processor time, in a tight loop of half a second. */
export function primitivesPerSecond(primitive: Primitive): number {
  const operation = prepare[primitive]();
  for (let warm = 0; warm < 20; warm += 1) operation();
  const until = performance.now() + 500;
  const before = process.cpuUsage();
  let count = 0;
  while (performance.now() < until) {
    for (let batch = 0; batch < 10; batch += 1) operation();
    count += 10;
  }
  const { user, system } = process.cpuUsage(before);
  return (count * 1e6) / (user + system);
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
