/**
 * A–Z in lower case and nothing else, as policies spell condition keys: the folding of Unicode would let KELVIN SIGN
 * (U+212A) stand in for `k`.
 */
export function asciiLowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
