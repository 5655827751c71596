-- needs: 4
-- The audit trail: records in chains, one for each process that writes, partitioned by day of recording; checkpoints; keys
-- that sign them; acts of the service that wait to be put on record. A release that does not know it records nothing.

CREATE TABLE audit_chains (
  chain uuid PRIMARY KEY,
  begun_at instant NOT NULL,
  head_seq bigint NOT NULL CHECK (head_seq >= 0),
  head_hash text COLLATE "C" NOT NULL CHECK (head_hash ~ '^[0-9a-f]{64}$'),
  -- Proves to the maker of checkpoints that a node wrote this head; empty before the first record.
  head_seal text COLLATE "C" NOT NULL
) WITH (fillfactor = 50);

-- No domains and no checks: what is stored is made by our own code, is hashed, and costs time for each call.
CREATE TABLE audit_records (
  recorded_at bigint NOT NULL,
  chain uuid NOT NULL,
  seq bigint NOT NULL,
  account_id text COLLATE "C" NOT NULL,
  region text COLLATE "C" NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  event_source text COLLATE "C" NOT NULL,
  event_name text COLLATE "C" NOT NULL,
  -- Empty where a record names none; so are the resources.
  user_name text COLLATE "C" NOT NULL,
  access_key_id text COLLATE "C" NOT NULL,
  read_only boolean NOT NULL,
  resource_1 text COLLATE "C" NOT NULL,
  resource_2 text COLLATE "C" NOT NULL,
  resource_3 text COLLATE "C" NOT NULL,
  hash text COLLATE "C" NOT NULL,
  -- The very text that is hashed.
  record text COLLATE "C" NOT NULL
) PARTITION BY RANGE (recorded_at);
CREATE INDEX audit_records_chain ON audit_records (chain, seq);
CREATE INDEX audit_records_time ON audit_records (account_id, region, recorded_at);
CREATE INDEX audit_records_writes ON audit_records (account_id, region, recorded_at) WHERE NOT read_only;
CREATE INDEX audit_records_name ON audit_records (account_id, region, event_name, recorded_at);
CREATE INDEX audit_records_user ON audit_records (account_id, region, user_name, recorded_at) WHERE user_name <> '';
CREATE INDEX audit_records_access_key ON audit_records (access_key_id, account_id, region, recorded_at)
  WHERE access_key_id <> '';
CREATE INDEX audit_records_resource_1 ON audit_records (resource_1, account_id, region, recorded_at)
  WHERE resource_1 <> '';
CREATE INDEX audit_records_resource_2 ON audit_records (resource_2, account_id, region, recorded_at)
  WHERE resource_2 <> '';
CREATE INDEX audit_records_resource_3 ON audit_records (resource_3, account_id, region, recorded_at)
  WHERE resource_3 <> '';
CREATE INDEX audit_records_event_id ON audit_records (event_id);

-- The partition of a day, counted in days since 1970-01-01 UTC; made apart and attached, so that writers go on meanwhile.
CREATE FUNCTION audit_partition(day bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  part text := 'audit_records_' || to_char(timestamp '1970-01-01' + make_interval(days => day::integer), 'YYYYMMDD');
  first_ms bigint := day * 86400000;
BEGIN
  IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(7236151900418);
  IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE audit_records INCLUDING DEFAULTS)', part);
  EXECUTE format('ALTER TABLE %I ADD CONSTRAINT of_its_day CHECK (recorded_at >= %s AND recorded_at < %s)',
                 part, first_ms, first_ms + 86400000);
  EXECUTE format('ALTER TABLE audit_records ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                 part, first_ms, first_ms + 86400000);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT of_its_day', part);
END $$;

CREATE TABLE audit_checkpoints (
  number bigint PRIMARY KEY CHECK (number >= 1),
  -- JSON; the very bytes that were signed.
  body text COLLATE "C" NOT NULL,
  signature text COLLATE "C" NOT NULL
);

-- How far each chain is covered by checkpoints. A hint that saves reading them all: what counts is in the checkpoints.
CREATE TABLE audit_coverage (
  chain uuid PRIMARY KEY,
  seq bigint NOT NULL CHECK (seq >= 1)
);

CREATE TABLE audit_signing_keys (
  id text COLLATE "C" PRIMARY KEY,
  -- Counts up; the latest one signs.
  number integer NOT NULL UNIQUE CHECK (number >= 1),
  -- PEM.
  public_key text NOT NULL,
  -- Under the domain key of this place.
  account_id account_id NOT NULL,
  region region_name NOT NULL,
  wrapped_private_key bytea NOT NULL CHECK (length(wrapped_private_key) > 0)
);

-- Events of keys that are acts of the service, written with their effect, until they are on record.
CREATE TABLE audit_pending_acts (
  event_id uuid PRIMARY KEY,
  sequence bigint NOT NULL,
  account_id account_id NOT NULL,
  region region_name NOT NULL,
  key_id key_id NOT NULL,
  happened_at instant NOT NULL,
  type text COLLATE "C" NOT NULL,
  details json NOT NULL
);
CREATE INDEX audit_pending_acts_order ON audit_pending_acts (sequence);
