import { auditIndexContract } from '@keywarden/audit-reading/testing';
import { testStore } from './testing/test-store';

const database = testStore();

auditIndexContract(async (records) => {
  const store = database.open();
  for (const record of records) {
    await database.sql('SELECT audit_partition($1)', [Math.floor(record.at / 86_400_000)]);
    const { at, chain, seq, account, region, eventId, source, eventName, userName, accessKeyId, readOnly, text } =
      record;
    const [first = '', second = '', third = ''] = record.resources;
    await database.sql(
      `INSERT INTO audit_records (recorded_at, chain, seq, account_id, region, event_id, event_source, event_name, user_name,
         access_key_id, read_only, resource_1, resource_2, resource_3, hash, record)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', $15)`,
      [
        at,
        chain,
        seq,
        account,
        region,
        eventId,
        source,
        eventName,
        userName,
        accessKeyId,
        readOnly,
        first,
        second,
        third,
        text,
      ],
    );
  }
  return store.auditIndex;
});
