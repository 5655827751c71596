const text = new TextEncoder();

/** UTF-8; a lone surrogate becomes its own three bytes (as in WTF-8), so that no two strings share an encoding. */
export function utf8(value: string): Uint8Array {
  return value.isWellFormed() ? text.encode(value) : generalisedUtf8(value);
}

function generalisedUtf8(value: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0xd800 || code > 0xdfff) bytes.push(...text.encode(character));
    else bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(bytes);
}

/** Each part behind its length as four big-endian bytes: two different lists never give the same bytes. */
export function lengthPrefixed(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(joined.buffer);
  let offset = 0;
  for (const part of parts) {
    view.setUint32(offset, part.length);
    joined.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return joined;
}

/**
 * Bytes for AAD, MACs and hashes that stand for one label and one list of fields and for nothing else.
 *
 * @param label separates purposes and format versions, for example `keywarden/material/v1`
 */
export function injectiveBytes(label: string, fields: readonly (string | Uint8Array)[]): Uint8Array {
  return lengthPrefixed([label, ...fields].map((field) => (typeof field === 'string' ? utf8(field) : field)));
}
