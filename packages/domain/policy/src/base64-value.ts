const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Last characters before the padding whose spare bits are zero. */
const cleanBeforeTwo = 'AQgw';
const cleanBeforeOne = 'AEIMQUYcgkosw048';

/**
 * Is this the one canonical base64 spelling of some bytes? Canonical texts are equal exactly when their bytes are.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-3.5
 */
export function isCanonicalBase64(text: string): boolean {
  if (!base64Pattern.test(text)) return false;
  if (text.endsWith('==')) return cleanBeforeTwo.includes(text.charAt(text.length - 3));
  return !text.endsWith('=') || cleanBeforeOne.includes(text.charAt(text.length - 2));
}
