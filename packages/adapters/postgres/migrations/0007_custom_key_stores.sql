-- Custom key stores and the keys in them. A release that does not know them would take a key in an external key store for
-- one of its own and use the inner layer of its encryption alone, so none older than this one may run on the database.

CREATE DOMAIN custom_key_store_id AS text COLLATE "C" CHECK (VALUE ~ '^cks-[0-9a-f]{17}$');

CREATE TABLE custom_key_stores (
  id custom_key_store_id PRIMARY KEY,
  account_id account_id NOT NULL,
  region region_name NOT NULL,
  -- A JSON string, because a name may hold characters that a text column cannot (U+0000).
  name json NOT NULL CHECK (json_typeof(name) = 'string'),
  type text NOT NULL CHECK (type IN ('AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE')),
  created_at instant NOT NULL,
  wrapped_secret bytea NOT NULL CHECK (length(wrapped_secret) > 0),
  connection_state text NOT NULL CHECK (
    connection_state IN ('DISCONNECTED', 'CONNECTING', 'CONNECTED', 'FAILED', 'DISCONNECTING')
  ),
  connection_error text CHECK (connection_error ~ '^[A-Z_]{1,64}$'),
  connection_since instant,
  cluster_id text COLLATE "C" CHECK (cluster_id ~ '^cluster-[2-7a-zA-Z]{11,16}$'),
  trust_anchor text CHECK (length(trust_anchor) BETWEEN 1 AND 5000),
  connectivity text CHECK (connectivity IN ('PUBLIC_ENDPOINT', 'VPC_ENDPOINT_SERVICE')),
  uri_endpoint text COLLATE "C" CHECK (length(uri_endpoint) <= 128 AND uri_endpoint ~ '^https://[a-zA-Z0-9.-]+$'),
  uri_path text COLLATE "C" CHECK (length(uri_path) <= 128 AND uri_path ~ '^(/[a-zA-Z0-9/_-]+)?/kms/xks/v[0-9]{1,2}$'),
  access_key_id text COLLATE "C" CHECK (access_key_id ~ '^[A-Z2-7]{20,30}$'),
  vpc_service_name text COLLATE "C" CHECK (length(vpc_service_name) BETWEEN 20 AND 64),
  vpc_service_owner account_id,
  version integer NOT NULL CHECK (version >= 1),
  CONSTRAINT custom_key_stores_of_account UNIQUE (account_id, region, id),
  CONSTRAINT custom_key_stores_error CHECK ((connection_state = 'FAILED') = (connection_error IS NOT NULL)),
  CONSTRAINT custom_key_stores_since CHECK (
    (connection_state IN ('CONNECTING', 'DISCONNECTING')) = (connection_since IS NOT NULL)
  ),
  CONSTRAINT custom_key_stores_backing CHECK (
    CASE type
      WHEN 'AWS_CLOUDHSM' THEN num_nonnulls(cluster_id, trust_anchor) = 2
        AND num_nonnulls(connectivity, uri_endpoint, uri_path, access_key_id, vpc_service_name, vpc_service_owner) = 0
      ELSE num_nonnulls(cluster_id, trust_anchor) = 0
        AND num_nonnulls(connectivity, uri_endpoint, uri_path, access_key_id) = 4
        AND (connectivity = 'VPC_ENDPOINT_SERVICE') = (vpc_service_name IS NOT NULL)
        AND (vpc_service_owner IS NULL OR vpc_service_name IS NOT NULL)
    END
  )
);

CREATE UNIQUE INDEX custom_key_stores_name ON custom_key_stores (account_id, region, (name::text));
CREATE UNIQUE INDEX custom_key_stores_cluster ON custom_key_stores (account_id, region, cluster_id);
CREATE UNIQUE INDEX custom_key_stores_uri ON custom_key_stores (account_id, region, lower(uri_endpoint), uri_path);
CREATE UNIQUE INDEX custom_key_stores_vpc_service ON custom_key_stores (account_id, region, vpc_service_name);

ALTER TABLE kms_keys ADD COLUMN custom_key_store_id custom_key_store_id;
ALTER TABLE kms_keys ADD COLUMN xks_key_id text COLLATE "C" CHECK (xks_key_id ~ '^[a-zA-Z0-9._-]{1,128}$');
ALTER TABLE kms_keys ADD CONSTRAINT kms_keys_key_store FOREIGN KEY (account_id, region, custom_key_store_id)
  REFERENCES custom_key_stores (account_id, region, id);
ALTER TABLE kms_keys ADD CONSTRAINT kms_keys_in_store CHECK (
  (origin IN ('AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE')) = (custom_key_store_id IS NOT NULL)
  AND (origin = 'EXTERNAL_KEY_STORE') = (xks_key_id IS NOT NULL)
  AND (custom_key_store_id IS NULL OR (spec = 'SYMMETRIC_DEFAULT' AND primary_region IS NULL))
);
CREATE UNIQUE INDEX kms_keys_xks_key ON kms_keys (custom_key_store_id, xks_key_id) WHERE xks_key_id IS NOT NULL;
CREATE INDEX kms_keys_of_key_store ON kms_keys (custom_key_store_id) WHERE custom_key_store_id IS NOT NULL;

-- Keys that the end of their KMS key left behind in a token. They outlive their store, which is then the only trace.
CREATE TABLE orphaned_token_keys (
  region region_name NOT NULL,
  key_id key_id NOT NULL,
  account_id account_id NOT NULL,
  custom_key_store_id custom_key_store_id NOT NULL,
  cluster_id text COLLATE "C" NOT NULL,
  deleted_at instant NOT NULL,
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  retry_at instant NOT NULL,
  PRIMARY KEY (region, key_id)
);
CREATE INDEX orphaned_token_keys_due ON orphaned_token_keys (retry_at);
