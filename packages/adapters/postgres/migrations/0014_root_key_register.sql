-- needs: 12
-- What each ceremony made of root keys and providers, signed by the root key that is current since; never changed. A release
-- that does not know of it must not hold ceremonies: later ones take no root keys that are not in it.
CREATE TABLE root_key_register (
  version integer PRIMARY KEY CHECK (version BETWEEN 1 AND 10000),
  -- SHA-256 of what was signed in the entry before; empty in the first.
  previous bytea NOT NULL CHECK (length(previous) = CASE version WHEN 1 THEN 0 ELSE 32 END),
  root_key_id text COLLATE "C" NOT NULL CHECK (root_key_id ~ '^[\x21-\x7e]{1,64}$'),
  verification_key bytea NOT NULL CHECK (length(verification_key) BETWEEN 1 AND 4096),
  -- SHA-256 of the root keys and providers that there are since.
  members bytea NOT NULL CHECK (length(members) = 32),
  signature bytea NOT NULL CHECK (length(signature) BETWEEN 1 AND 4096),
  -- By the root key of the entry before, when another is current since.
  endorsement bytea NOT NULL CHECK (length(endorsement) <= 4096)
);
