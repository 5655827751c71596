-- Users, groups, roles and managed policies. A release that does not know the owner of an access key would take every key
-- for the root user's, so none older than this one may run on the database.

CREATE TABLE principals (
  -- The unique id, never used again: AIDA… user, AGPA… group, AROA… role, ANPA… managed policy.
  id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^A(IDA|GPA|ROA|NPA)[A-Z2-7]{17}$'),
  account_id account_id NOT NULL REFERENCES accounts,
  kind text NOT NULL CHECK (kind IN ('user', 'group', 'role', 'policy')),
  name text COLLATE "C" NOT NULL CHECK (name ~ '^[A-Za-z0-9_+=,.@-]{1,128}$'),
  -- Names are unique whatever their case, and lists are paged in this order.
  name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
  path text COLLATE "C" NOT NULL CHECK (length(path) <= 512 AND path ~ '^/([A-Za-z0-9_+=,.@-]+/)*$'),
  created_at instant NOT NULL,
  -- Everything else: tags, inline policies, trust policy, policy versions.
  body json NOT NULL CHECK (json_typeof(body) = 'object'),
  CONSTRAINT principals_name UNIQUE (account_id, kind, name_key),
  CONSTRAINT principals_kind CHECK (
    kind = CASE left(id, 4) WHEN 'AIDA' THEN 'user' WHEN 'AGPA' THEN 'group' WHEN 'AROA' THEN 'role' ELSE 'policy' END
  ),
  CONSTRAINT principals_of_account UNIQUE (account_id, id)
);

-- Who has which managed policy, and which user is in which group; both ends are of one account. What is pointed at cannot
-- be removed.
CREATE TABLE principal_links (
  account_id account_id NOT NULL,
  from_id text COLLATE "C" NOT NULL,
  relation text NOT NULL CHECK (relation IN ('attached', 'boundary', 'member')),
  to_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (from_id, relation, to_id),
  CONSTRAINT principal_links_from FOREIGN KEY (account_id, from_id)
    REFERENCES principals (account_id, id) ON DELETE CASCADE,
  CONSTRAINT principal_links_to FOREIGN KEY (account_id, to_id) REFERENCES principals (account_id, id),
  CONSTRAINT principal_links_ends CHECK (
    left(to_id, 4) = CASE relation WHEN 'member' THEN 'AGPA' ELSE 'ANPA' END
  )
);
CREATE INDEX principal_links_to_id ON principal_links (account_id, to_id, relation, from_id);

-- Null: the root user's.
ALTER TABLE access_keys ADD COLUMN user_id text COLLATE "C";
ALTER TABLE access_keys ADD CONSTRAINT access_keys_user FOREIGN KEY (account_id, user_id)
  REFERENCES principals (account_id, id);
CREATE INDEX access_keys_of_user ON access_keys (account_id, user_id, id);
