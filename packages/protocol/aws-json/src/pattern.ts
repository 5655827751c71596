/** Java's `\s`; JavaScript's also takes in Unicode spaces. */
const asciiSpace = ' \\t\\n\\x0B\\f\\r';

/**
 * Turns a service model's pattern into a whole-value test. The models are written for Java's `matches()`, which is
 * anchored at both ends and keeps `\s` within ASCII. Where they name classes of Unicode (`\p{L}`), characters are code
 * points, so that one outside the basic plane is not taken for two.
 */
export function wholeValue(pattern: string): RegExp {
  let source = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === '\\') {
      const escape = pattern.slice(at, at + 2);
      source += escape !== '\\s' ? escape : inClass ? asciiSpace : `[${asciiSpace}]`;
      at += 1;
      continue;
    }
    if (character === '[') inClass = true;
    if (character === ']') inClass = false;
    source += character;
  }
  return new RegExp(`^(?:${source})$`, pattern.includes('\\p{') ? 'u' : '');
}
