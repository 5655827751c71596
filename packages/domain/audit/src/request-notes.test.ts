import { type AccountId, type KeyId, type Region, parseAccountId, parseKeyId, parseRegion } from '@keywarden/kernel';
import { RequestNotes } from './request-notes';

const account = parseAccountId('111122223333') as AccountId;
const region = parseRegion('eu-central-1') as Region;
const one = { account, region, id: parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab') as KeyId };
const other = { account, region, id: parseKeyId('0987dcba-09fe-87dc-65ba-ab0987654321') as KeyId };

describe('the notes of a request', () => {
  it('are empty until something was used', () => {
    expect(new RequestNotes().keys).toEqual([]);
  });

  it('keep the keys in the order in which they were come to', () => {
    const notes = new RequestNotes();
    notes.key(one, 'alias/one');
    notes.key(other).grantId = 'a-grant';
    expect(notes.keys).toEqual([
      { key: one, alias: 'alias/one' },
      { key: other, grantId: 'a-grant' },
    ]);
  });

  it('put a material to the latest use of its key', () => {
    const notes = new RequestNotes();
    notes.key(one);
    notes.key(other);
    notes.key(one);
    notes.material(one, 'material');
    expect(notes.keys.map(({ materialId }) => materialId)).toEqual([undefined, undefined, 'material']);
  });

  it('forget a material of a key that nobody noted', () => {
    const notes = new RequestNotes();
    notes.material(one, 'material');
    expect(notes.keys).toEqual([]);
  });
});
