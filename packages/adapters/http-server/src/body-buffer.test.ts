import fc from 'fast-check';
import { BodyBuffer } from './body-buffer';

const plenty = { reserve: () => true };

describe('BodyBuffer', () => {
  it('keeps a body that comes in one piece without copying it', () => {
    const piece = new Uint8Array([1, 2, 3]);
    const body = new BodyBuffer(10, 3, plenty);
    expect(body.append(piece)).toBe('ok');
    expect(body.bytes).toBe(piece);
    expect(body.reserved).toBe(3);
  });

  it('puts any pieces together in their order, with or without an announced length', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 50 });
    fc.assert(
      fc.property(pieces, fc.boolean(), (parts, announced) => {
        const whole = Buffer.concat(parts);
        const body = new BodyBuffer(20_000, announced ? whole.length : undefined, plenty);
        for (const part of parts) expect(body.append(part)).toBe('ok');
        expect(Buffer.from(body.bytes).equals(whole)).toBe(true);
      }),
    );
  });

  it('reserves what it holds, at most twice what arrived beyond its first 64 KiB', () => {
    let granted = 0;
    const body = new BodyBuffer(1_048_576, undefined, { reserve: (bytes) => ((granted += bytes), true) });
    for (let arrived = 1_000; arrived <= 1_048_576; arrived += 1_000) {
      expect(body.append(new Uint8Array(1_000))).toBe('ok');
      expect(granted).toBe(body.reserved);
      expect(granted).toBeLessThanOrEqual(Math.max(65_536, 2 * arrived));
    }
  });

  it('gives an announcement no more than 64 KiB in advance', () => {
    const body = new BodyBuffer(1_048_576, 1_000_000, plenty);
    body.append(new Uint8Array(1));
    expect(body.reserved).toBe(65_536);
  });

  it('refuses the byte beyond the limit', () => {
    const body = new BodyBuffer(4, undefined, plenty);
    expect(body.append(new Uint8Array(4))).toBe('ok');
    expect(body.append(new Uint8Array(1))).toBe('too-large');
  });

  it('refuses when no memory is granted, and counts none', () => {
    const body = new BodyBuffer(4, undefined, { reserve: () => false });
    expect(body.append(new Uint8Array(1))).toBe('no-memory');
    expect(body.reserved).toBe(0);
  });
});
