-- needs: 1
-- The last successful cryptographic use of each key, written in batches by all nodes.

CREATE TABLE key_last_uses (
  region region_name NOT NULL,
  key_id key_id NOT NULL,
  operation text NOT NULL CHECK (length(operation) BETWEEN 1 AND 64),
  used_at instant NOT NULL,
  request_id text NOT NULL CHECK (length(request_id) <= 64),
  event_id text CHECK (length(event_id) <= 64),
  PRIMARY KEY (region, key_id),
  FOREIGN KEY (region, key_id) REFERENCES kms_keys (region, key_id) ON DELETE CASCADE
);
