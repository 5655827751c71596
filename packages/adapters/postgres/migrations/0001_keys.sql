-- Accounts, domain keys, KMS keys with their materials, aliases. Instants are milliseconds since the Unix epoch.
-- Names sort as bytes (COLLATE "C"), which is the order in which lists are paged.

CREATE DOMAIN account_id AS text COLLATE "C" CHECK (VALUE ~ '^[0-9]{12}$');
CREATE DOMAIN region_name AS text COLLATE "C" CHECK (length(VALUE) <= 32 AND VALUE ~ '^([a-z]+-){2,3}[0-9]+$');
CREATE DOMAIN key_id AS text COLLATE "C"
  CHECK (VALUE ~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$');
CREATE DOMAIN key_material_id AS text COLLATE "C" CHECK (VALUE ~ '^[0-9a-f]{64}$');
CREATE DOMAIN instant AS bigint CHECK (VALUE BETWEEN -8640000000000000 AND 8640000000000000);

CREATE TABLE accounts (
  id account_id PRIMARY KEY,
  created_at instant NOT NULL
);

CREATE TABLE access_keys (
  id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_]{16,128}$'),
  account_id account_id NOT NULL REFERENCES accounts,
  status text NOT NULL CHECK (status IN ('Active', 'Inactive')),
  wrapped_secret bytea NOT NULL CHECK (length(wrapped_secret) > 0),
  wrapped_in region_name NOT NULL,
  created_at instant NOT NULL
);
CREATE INDEX access_keys_of_account ON access_keys (account_id);

CREATE TABLE domain_keys (
  account_id account_id NOT NULL,
  region region_name NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  root_key_id text NOT NULL CHECK (root_key_id ~ '^[\x21-\x7e]{1,64}$'),
  wrapped bytea NOT NULL CHECK (length(wrapped) > 0),
  PRIMARY KEY (account_id, region, version)
);

-- How many customer managed keys there are, so that a quota costs one row and not a count of all keys.
CREATE TABLE key_counts (
  account_id account_id NOT NULL,
  region region_name NOT NULL,
  customer_keys integer NOT NULL CHECK (customer_keys >= 0),
  PRIMARY KEY (account_id, region)
);

CREATE TABLE kms_keys (
  region region_name NOT NULL,
  key_id key_id NOT NULL,
  account_id account_id NOT NULL,
  spec text NOT NULL CHECK (spec ~ '^[A-Z0-9_]{1,64}$'),
  usage text NOT NULL CHECK (
    usage IN ('ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT', 'ENCAPSULATE_DECAPSULATE')
  ),
  origin text NOT NULL CHECK (origin IN ('AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE')),
  manager text NOT NULL CHECK (manager IN ('CUSTOMER', 'AWS')),
  -- A JSON string, because a description may hold characters that a text column cannot (U+0000).
  description json NOT NULL CHECK (json_typeof(description) = 'string'),
  created_at instant NOT NULL,
  state text NOT NULL CHECK (
    state IN ('Creating', 'Enabled', 'Disabled', 'PendingImport', 'Updating', 'Unavailable', 'PendingDeletion',
              'PendingReplicaDeletion')
  ),
  deletion_date instant,
  deletion_window_days integer,
  current_material_id key_material_id,
  rotation_enabled boolean,
  rotation_period_days integer CHECK (rotation_period_days BETWEEN 90 AND 2560),
  rotation_counted_from instant,
  on_demand_rotations integer NOT NULL CHECK (on_demand_rotations >= 0),
  primary_region region_name,
  replica_regions text[],
  policy text NOT NULL,
  -- An array of {key, value} in the order they were put; json and not jsonb, which cannot hold U+0000.
  tags json NOT NULL CHECK (json_typeof(tags) = 'array'),
  version integer NOT NULL CHECK (version >= 1),
  -- Maintenance. These three change without a new version; storing the key resets the last two.
  next_due_at instant,
  claimed_until instant,
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  PRIMARY KEY (region, key_id),
  CONSTRAINT kms_keys_of_account UNIQUE (account_id, region, key_id),
  CONSTRAINT kms_keys_deletion_date CHECK ((state = 'PendingDeletion') = (deletion_date IS NOT NULL)),
  CONSTRAINT kms_keys_deletion_window CHECK ((state = 'PendingReplicaDeletion') = (deletion_window_days IS NOT NULL)),
  CONSTRAINT kms_keys_rotation CHECK (
    num_nonnulls(rotation_enabled, rotation_period_days, rotation_counted_from) IN (0, 3)
  ),
  CONSTRAINT kms_keys_multi_region CHECK (
    num_nonnulls(primary_region, replica_regions) IN (0, 2)
    AND (primary_region IS NOT NULL) = starts_with(key_id, 'mrk-')
    AND (primary_region IS NULL OR (region = primary_region) <> (region = ANY (replica_regions)))
  )
);
CREATE INDEX kms_keys_copies ON kms_keys (key_id, account_id);
CREATE INDEX kms_keys_due ON kms_keys (greatest(next_due_at, claimed_until)) WHERE next_due_at IS NOT NULL;

CREATE TABLE key_materials (
  region region_name NOT NULL,
  key_id key_id NOT NULL,
  material_id key_material_id NOT NULL,
  -- From 0, oldest first.
  position integer NOT NULL CHECK (position >= 0),
  state text NOT NULL CHECK (
    state IN ('CURRENT', 'NON_CURRENT', 'PENDING_ROTATION', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION')
  ),
  -- Null once the bytes are gone for good.
  wrapped bytea CHECK (length(wrapped) > 0),
  public_key bytea CHECK (length(public_key) > 0),
  created_at instant NOT NULL,
  imported boolean NOT NULL,
  valid_to instant,
  import_description text,
  rotated_at instant,
  rotation_type text CHECK (rotation_type IN ('AUTOMATIC', 'ON_DEMAND')),
  PRIMARY KEY (region, key_id, material_id),
  CONSTRAINT key_materials_of_key FOREIGN KEY (region, key_id) REFERENCES kms_keys ON DELETE CASCADE,
  CONSTRAINT key_materials_in_order UNIQUE (region, key_id, position) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT key_materials_imported CHECK (imported OR num_nonnulls(valid_to, import_description) = 0),
  CONSTRAINT key_materials_rotation CHECK (num_nonnulls(rotated_at, rotation_type) IN (0, 2))
);
CREATE UNIQUE INDEX key_materials_one_current ON key_materials (region, key_id) WHERE state = 'CURRENT';

CREATE TABLE aliases (
  account_id account_id NOT NULL,
  region region_name NOT NULL,
  name text COLLATE "C" NOT NULL CHECK (name ~ '^alias/[a-zA-Z0-9/_-]{1,250}$'),
  target_key_id key_id NOT NULL,
  created_at instant NOT NULL,
  updated_at instant NOT NULL,
  PRIMARY KEY (account_id, region, name),
  CONSTRAINT aliases_target FOREIGN KEY (account_id, region, target_key_id)
    REFERENCES kms_keys (account_id, region, key_id) ON DELETE CASCADE
);
CREATE INDEX aliases_of_target ON aliases (account_id, region, target_key_id, name);
