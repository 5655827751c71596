import { inspect } from 'node:util';
import { SecretBytes } from './secret-bytes';

describe('SecretBytes', () => {
  const text = 'correct horse';
  const secret = (): SecretBytes => SecretBytes.copyOf(new TextEncoder().encode(text));

  it.each([
    ['String', (value: SecretBytes) => String(value)],
    ['JSON.stringify', (value: SecretBytes) => JSON.stringify({ value })],
    ['util.inspect', (value: SecretBytes) => inspect({ value }, { depth: 5, showHidden: true })],
  ])('shows nothing through %s', (_way, show) => {
    const shown = show(secret());
    expect(shown).toContain('[secret]');
    expect(shown).not.toContain('99'); // 'c', the first byte
    expect(shown).not.toContain(text);
  });

  it('keeps its own copy', () => {
    const source = new Uint8Array([1, 2]);
    const copy = SecretBytes.copyOf(source);
    source.fill(9);
    expect(copy.expose((bytes) => [...bytes])).toEqual([1, 2]);
  });

  it('wipes the bytes when disposed and refuses to lend them again', () => {
    const source = new Uint8Array([1, 2]);
    const adopted = SecretBytes.adopt(source);
    adopted[Symbol.dispose]();
    expect([...source]).toEqual([0, 0]);
    expect(() => adopted.expose((bytes) => bytes)).toThrow('already disposed');
  });
});
