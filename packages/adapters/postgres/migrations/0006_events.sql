-- needs: 4
-- Events of KMS keys, written with the change they tell of, and where they are to be delivered. A release that does not
-- know them changes keys without telling.

CREATE TABLE key_events (
  -- Along one key it follows the order of the changes, because each is written while the key is held.
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  account_id account_id NOT NULL,
  region region_name NOT NULL,
  -- No foreign key: the events of a key outlive it.
  key_id key_id NOT NULL,
  happened_at instant NOT NULL,
  type text COLLATE "C" NOT NULL CHECK (type ~ '^[A-Za-z]{1,64}$'),
  -- What receivers are told; nothing secret.
  details json NOT NULL CHECK (json_typeof(details) = 'object')
);
CREATE INDEX key_events_of_key ON key_events (region, key_id, sequence);
CREATE INDEX key_events_age ON key_events (happened_at);

CREATE TABLE event_destinations (
  name text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  kind text NOT NULL CHECK (kind ~ '^[a-z-]{1,32}$'),
  -- Of the kind: address and secrets of a webhook (wrapped), name of a stream.
  settings json NOT NULL CHECK (json_typeof(settings) = 'object'),
  created_at instant NOT NULL,
  -- Since when nothing could be delivered; null after each success.
  failing_since instant
);

-- One row for each event a destination has not taken yet.
CREATE TABLE event_deliveries (
  destination text COLLATE "C" NOT NULL REFERENCES event_destinations ON DELETE CASCADE,
  sequence bigint NOT NULL REFERENCES key_events,
  region region_name NOT NULL,
  key_id key_id NOT NULL,
  queued_at instant NOT NULL,
  -- When it may be tried: later after a failure, and while a scheduler is at it.
  due_at instant NOT NULL,
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  given_up_at instant,
  last_failure text CHECK (length(last_failure) <= 200),
  PRIMARY KEY (destination, sequence)
);
CREATE INDEX event_deliveries_due ON event_deliveries (destination, due_at) WHERE given_up_at IS NULL;
CREATE INDEX event_deliveries_of_key ON event_deliveries (destination, region, key_id, sequence)
  WHERE given_up_at IS NULL;
CREATE INDEX event_deliveries_of_event ON event_deliveries (sequence);
CREATE INDEX event_deliveries_given_up ON event_deliveries (destination, given_up_at) WHERE given_up_at IS NOT NULL;

-- When the next warning of a deadline is to be given: the second instant at which a key is due.
ALTER TABLE kms_keys ADD COLUMN next_warning_at instant;
-- Keys that have a deadline already are looked at once, now; that works out their warnings.
UPDATE kms_keys k SET next_warning_at = floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
WHERE deletion_date IS NOT NULL OR EXISTS (
  SELECT 1 FROM key_materials m
  WHERE m.region = k.region AND m.key_id = k.key_id AND m.wrapped IS NOT NULL AND m.valid_to IS NOT NULL
);
DROP INDEX kms_keys_due;
CREATE INDEX kms_keys_due ON kms_keys (greatest(least(next_due_at, next_warning_at), claimed_until))
  WHERE least(next_due_at, next_warning_at) IS NOT NULL;
CREATE INDEX kms_keys_failing ON kms_keys (least(next_due_at, next_warning_at)) WHERE attempts > 0;
CREATE INDEX kms_keys_deletions ON kms_keys (deletion_date) WHERE deletion_date IS NOT NULL;
CREATE INDEX key_materials_expiries ON key_materials (valid_to) WHERE wrapped IS NOT NULL AND valid_to IS NOT NULL;
