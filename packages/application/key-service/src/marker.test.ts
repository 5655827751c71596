import { accepted, refused } from '@keywarden/kernel/testing';
import { cutPage, decodeMarker, encodeMarker, pageSize } from './marker';

const list = ['ListAliases', 'key'];
const forged = (value: unknown): string => btoa(JSON.stringify(value));

describe('a marker', () => {
  it.each(['alias/a', 'Team · Ä€𝄞', '', '"]\\'])('leads back to where the list stopped: %j', (last) => {
    expect(accepted(decodeMarker(list, encodeMarker(list, last)))).toBe(last);
  });

  it('is absent for the first page', () => {
    expect(accepted(decodeMarker(list, undefined))).toBeUndefined();
  });

  it.each(['€', '𝄞', 'ä', 'a', '"'])('fits the Marker member also after a tag key of 128 times %j', (unit) => {
    const id = 'mrk-1234abcd12ab34cd56ef1234567890ab';
    const marker = encodeMarker(['ListResourceTags', id], unit.repeat(128 / unit.length));
    expect(marker.length).toBeLessThanOrEqual(1_024);
    expect(marker).toMatch(/^[\u0020-\u00FF]*$/);
  });

  it.each([
    ['of another list', encodeMarker(['ListKeys'], 'x')],
    ['of the same list of another key', encodeMarker(['ListAliases', 'other'], 'x')],
    ['of the list without its filter', encodeMarker(['ListAliases'], 'x')],
    ['that is no base64', '***'],
    ['that is empty', ''],
    ['that is no JSON', btoa('hello')],
    ['that is no UTF-8', btoa('\xff\xfe')],
    ['of another version', forged([2, list, 'x'])],
    ['with too many parts', forged([1, list, 'x', 'y'])],
    ['that names no text', forged([1, list, 7])],
    ['that is an object', forged({ 0: 1, 1: list, 2: 'x', length: 3 })],
    ['that is null', forged(null)],
  ])('%s is refused', (_what, marker) => {
    expect(refused(decodeMarker(list, marker))).toEqual({ code: 'MarkerNotValid' });
  });
});

describe('a page', () => {
  const page = (items: readonly string[], limit: number) => cutPage(list, items, limit, (item) => item);

  it('is the last when there are no more items than it holds', () => {
    expect(page([], 2)).toEqual({ items: [], truncated: false });
    expect(page(['a', 'b'], 2)).toEqual({ items: ['a', 'b'], truncated: false });
  });

  it('is cut after its last item when there are more', () => {
    expect(page(['a', 'b', 'c'], 2)).toEqual({
      items: ['a', 'b'],
      truncated: true,
      nextMarker: encodeMarker(list, 'b'),
    });
  });

  it('is as long as asked, as far as the operation allows', () => {
    expect([pageSize(undefined, 50, 100), pageSize(1, 50, 100), pageSize(1_000, 50, 100)]).toEqual([50, 1, 100]);
  });
});
