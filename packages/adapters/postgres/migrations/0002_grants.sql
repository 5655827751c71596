-- needs: 1
-- Grants on KMS keys. A release that does not know them leaves them alone, and they still vanish with their key.

CREATE TABLE grants (
  account_id account_id NOT NULL,
  region region_name NOT NULL,
  key_id key_id NOT NULL,
  grant_id text COLLATE "C" NOT NULL CHECK (grant_id ~ '^[0-9a-f]{64}$'),
  -- An ARN, or the name of an AWS service, which has no colon.
  grantee text COLLATE "C" NOT NULL CHECK (length(grantee) BETWEEN 1 AND 256),
  retiring text COLLATE "C" CHECK (length(retiring) BETWEEN 1 AND 256),
  operations text[] NOT NULL CHECK (cardinality(operations) >= 1),
  -- json and not jsonb, which cannot hold U+0000.
  constraints json NOT NULL CHECK (json_typeof(constraints) = 'object'),
  name text COLLATE "C" CHECK (length(name) <= 256 AND name ~ '^[a-zA-Z0-9:/_-]+$'),
  issuing_account_id account_id NOT NULL,
  parent_grant_id text COLLATE "C" CHECK (parent_grant_id ~ '^[0-9a-f]{64}$'),
  created_at instant NOT NULL,
  -- SHA-256 of everything a repeated request must have in common with the first; null without a name.
  terms_digest bytea CHECK (length(terms_digest) = 32),
  PRIMARY KEY (region, key_id, grant_id),
  CONSTRAINT grants_key FOREIGN KEY (account_id, region, key_id)
    REFERENCES kms_keys (account_id, region, key_id) ON DELETE CASCADE,
  CONSTRAINT grants_repeatable CHECK ((name IS NULL) = (terms_digest IS NULL))
);
CREATE UNIQUE INDEX grants_terms ON grants (region, key_id, terms_digest) WHERE terms_digest IS NOT NULL;
CREATE INDEX grants_of_grantee ON grants (region, key_id, grantee, grant_id);
CREATE INDEX grants_retirable ON grants (region, retiring, grant_id) WHERE retiring IS NOT NULL;
-- Makes the end of a key find its grants.
CREATE INDEX grants_of_key ON grants (account_id, region, key_id);

-- How many grants a key has, so that a quota costs one row and not a count of 50,000.
CREATE TABLE grant_counts (
  region region_name NOT NULL,
  key_id key_id NOT NULL,
  grants integer NOT NULL CHECK (grants >= 0),
  PRIMARY KEY (region, key_id),
  CONSTRAINT grant_counts_key FOREIGN KEY (region, key_id) REFERENCES kms_keys ON DELETE CASCADE
);
