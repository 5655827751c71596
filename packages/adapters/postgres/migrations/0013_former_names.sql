-- needs: 12
-- Names that somebody had and gave up: who has one of them now is not meant by what was written about it before. A release
-- that does not know of it does as before.
CREATE TABLE former_principal_names (
  account_id account_id NOT NULL REFERENCES accounts,
  kind text NOT NULL CHECK (kind IN ('user', 'group', 'role', 'policy')),
  name_key text COLLATE "C" NOT NULL,
  PRIMARY KEY (account_id, kind, name_key)
);

-- When the key policy was put; null: when the key was made.
ALTER TABLE kms_keys ADD COLUMN policy_set_at instant;
