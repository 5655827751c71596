-- needs: 4
-- External key stores that a KMS elsewhere keeps with us: who may ask for what, by the path of its requests.

CREATE TABLE xks_stores (
  uri_path text COLLATE "C" PRIMARY KEY
    CHECK (length(uri_path) <= 128 AND uri_path ~ '^(/[a-zA-Z0-9/_-]+)?/kms/xks/v1$'),
  account_id account_id NOT NULL REFERENCES accounts,
  region region_name NOT NULL,
  -- The user may go; the store then answers nobody.
  user_id text COLLATE "C" NOT NULL CHECK (user_id ~ '^AIDA[A-Z2-7]{17}$'),
  -- An array of {externalKeyId, keyId}. A key that is gone keeps its name: it is never given to another.
  external_keys jsonb NOT NULL CHECK (jsonb_typeof(external_keys) = 'array' AND jsonb_array_length(external_keys) <= 1000),
  created_at instant NOT NULL
);

CREATE TABLE xks_credentials (
  access_key_id text COLLATE "C" PRIMARY KEY CHECK (access_key_id ~ '^[A-Z2-7]{20,30}$'),
  uri_path text COLLATE "C" NOT NULL REFERENCES xks_stores ON DELETE CASCADE,
  wrapped_secret bytea NOT NULL CHECK (length(wrapped_secret) > 0),
  created_at instant NOT NULL
);
CREATE INDEX xks_credentials_of_store ON xks_credentials (uri_path, created_at, access_key_id);
