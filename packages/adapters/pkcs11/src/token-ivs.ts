import { randomBytes } from 'node:crypto';

/** Of the field that no other process has. */
export const ivFieldBytes = 8;
const counterBytes = 4;
const mostInvocations = 2 ** (8 * counterBytes);

/** The IV of the next encryption, 12 bytes; undefined when there are none left: then another process must go on. */
export type NextIv = () => Buffer | undefined;

/**
 * The deterministic construction of NIST SP 800-38D, 8.2.1: a field that this process alone has, then a counter. However
 * many processes encrypt however much under one key, no IV comes twice, which is not so for random ones after 2^32.
 *
 * @param field 8 bytes that were reserved for this process
 * @param invocations how many IVs there were already
 */
export function countedIvs(field: Uint8Array, invocations = 0): NextIv {
  if (field.length !== ivFieldBytes) throw new RangeError(`an IV field has ${ivFieldBytes} bytes`);
  let next = invocations;
  return () => {
    if (next >= mostInvocations) return undefined;
    const iv = Buffer.alloc(ivFieldBytes + counterBytes);
    iv.set(field);
    iv.writeUInt32BE(next, ivFieldBytes);
    next += 1;
    return iv;
  };
}

/** For keys under which little is ever encrypted (8.2.2): far below 2^32 times, all processes together. */
export const randomIvs: NextIv = () => randomBytes(ivFieldBytes + counterBytes);
