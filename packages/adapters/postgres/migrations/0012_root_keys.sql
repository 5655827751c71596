-- needs: 4
-- Root keys and for whom they are wrapped. While root_keys has no row, domain keys stand directly under the key of the
-- provider that every node is configured with, as a release before this one has it.

CREATE TABLE root_keys (
  id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[\x21-\x7e]{1,64}$'),
  status text NOT NULL CHECK (status IN ('CURRENT', 'RETIRING')),
  created_at instant NOT NULL
);
CREATE UNIQUE INDEX root_keys_one_current ON root_keys (status) WHERE status = 'CURRENT';

CREATE TABLE root_key_providers (
  id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[\x21-\x7e]{1,64}$'),
  kind text NOT NULL CHECK (kind IN ('file', 'passphrase', 'shares', 'pkcs11', 'aws-kms')),
  -- What is needed to open the provider besides its secret; nothing in it is secret.
  parameters json NOT NULL CHECK (json_typeof(parameters) = 'object' AND length(parameters::text) <= 16384),
  created_at instant NOT NULL
);

CREATE TABLE root_key_wrappings (
  root_key_id text COLLATE "C" NOT NULL REFERENCES root_keys,
  provider_id text COLLATE "C" NOT NULL REFERENCES root_key_providers,
  wrapped bytea NOT NULL CHECK (length(wrapped) BETWEEN 1 AND 16384),
  -- The root key's seal over the provider's kind and parameters.
  vouched bytea NOT NULL CHECK (length(vouched) BETWEEN 1 AND 16384),
  PRIMARY KEY (root_key_id, provider_id)
);

CREATE INDEX domain_keys_of_root ON domain_keys (root_key_id, account_id, region, version);
