const unreserved = /^[A-Za-z0-9._~-]*$/;
const unreservedByte = Array.from({ length: 256 }, (_, code) => unreserved.test(String.fromCharCode(code)));
const encodedByte = unreservedByte.map((plain, code) => {
  const character = String.fromCharCode(code);
  return plain ? character : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** Percent-encodes every byte but RFC 3986's unreserved ones. @param binary one character per byte */
export function uriEncode(binary: string): string {
  if (unreserved.test(binary)) return binary;
  let encoded = '';
  for (let index = 0; index < binary.length; index += 1) encoded += encodedByte[binary.charCodeAt(index)] ?? '';
  return encoded;
}

/** Undoes percent-encoding once; `+` stands for itself. @returns undefined when an escape is not two hex digits */
export function uriDecode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text.replace(/%(..)/g, (_escape, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}
