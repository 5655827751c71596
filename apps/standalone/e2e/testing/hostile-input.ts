/** Pseudorandom input that a seed repeats: what breaks once can be run again. */
export class HostileInput {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** Whole, 0 to below `end`. The generator is mulberry32. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * end);
  }

  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** The same bytes with one to three of them flipped, or a stretch removed, doubled, cut off or overwritten. */
  mutated(original: Buffer): Buffer {
    let bytes: Buffer = Buffer.from(original);
    for (let times = 1 + this.below(3); times > 0; times -= 1) bytes = this.#mutatedOnce(bytes);
    return bytes;
  }

  #mutatedOnce(bytes: Buffer): Buffer {
    const at = this.below(bytes.length);
    const end = Math.min(bytes.length, at + 1 + this.below(16));
    switch (this.below(6)) {
      case 0:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
      case 1:
        return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
      case 2:
        return Buffer.concat([bytes.subarray(0, at), this.bytes(end - at), bytes.subarray(end)]);
      case 3:
        return this.below(4) === 0 ? bytes.subarray(0, at) : bytes;
      default:
        return Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ (1 << this.below(8)) : byte)));
    }
  }

  /** Request text with header lines removed, doubled, swapped or emptied. */
  mutatedHeaders(request: Buffer): Buffer {
    const end = request.indexOf('\r\n\r\n');
    const [first = '', ...lines] = request.toString('latin1', 0, end).split('\r\n');
    const at = this.below(lines.length);
    const line = lines[at] ?? '';
    const name = line.slice(0, line.indexOf(':'));
    const replaced: readonly string[] = this.pick([
      [],
      [line, line],
      [`${name}: `],
      [`${name}: ${'a'.repeat(this.below(9_000))}`],
      [`${name}:\t ${line.slice(name.length + 1)}\t`],
      [line.toUpperCase()],
      [line, `${name}: ${this.bytes(8).toString('hex')}`],
      [`${name}: ${line.slice(name.length + 2)}, ${line.slice(name.length + 2)}`],
    ]);
    lines.splice(at, 1, ...replaced);
    return Buffer.concat([Buffer.from([first, ...lines].join('\r\n'), 'latin1'), request.subarray(end)]);
  }

  /** JSON text in which some values were replaced by others that no honest client sends. */
  mutatedJson(value: unknown): string {
    let text = JSON.stringify(value, (_name, inner: unknown) =>
      typeof inner === 'object' || this.below(6) > 0 ? inner : `\u0001${this.below(hostileJson.length)}\u0001`,
    );
    text = text.replace(/"\\u0001(\d+)\\u0001"/g, (_, index: string) => hostileJson[Number(index)] ?? 'null');
    switch (this.below(6)) {
      case 0:
        return this.mutated(Buffer.from(text)).toString('latin1');
      case 1:
        return text.replace('{', `{"__proto__":{"KeyId":"x"},"constructor":{"prototype":{}},`);
      case 2:
        return text.replace(/^\{(.*)\}$/s, '{$1,$1}');
      case 3:
        return text.replace('{', `{"${this.bytes(4).toString('hex')}":${this.pick(hostileJson)},`);
      default:
        return text;
    }
  }
}

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

const hostileJson: readonly string[] = [
  ...[
    'null',
    'true',
    '0',
    '-0',
    '-1',
    '1.5',
    '1e400',
    '-1e400',
    '1e-400',
    '9007199254740993',
    '4294967296',
    '[]',
    '{}',
  ],
  ...[
    '""',
    '" "',
    '"\\u0000"',
    '"\\ud800"',
    '"\\u202e"',
    '"__proto__"',
    '"=="',
    '"AAAA"',
    '"A==="',
    '"../../etc/passwd"',
  ],
  ...[
    '"arn:aws:kms:us-east-1:111122223333:key/"',
    '"alias/"',
    '"alias/aws/s3"',
    '"mrk-"',
    '"TRUE"',
    '[null]',
    '{"a":1}',
  ],
  ...[
    '{"__proto__":null}',
    '{"__proto__":{"a":1}}',
    '[[1],[2]]',
    '{"a":{"b":{"c":"d"}}}',
    'NaN',
    'Infinity',
    '01',
    '"',
  ],
  nested('[', ']', 40),
  nested('[', ']', 20_000),
  nested('{"a":', '}', 10_000),
  `"${'A'.repeat(9_000)}"`,
  `"${'é'.repeat(3_000)}"`,
  `[${'"a",'.repeat(2_000)}"a"]`,
  `1${'0'.repeat(5_000)}`,
];
