-- needs: 9
-- Quotas that operators set for single accounts; all others are the defaults of the release. Which quotas there are and
-- what values they take is for the release to know.

CREATE TABLE quota_overrides (
  account_id account_id NOT NULL,
  region region_name NOT NULL,
  quota text COLLATE "C" NOT NULL CHECK (quota ~ '^[a-zA-Z0-9_-]{1,64}$'),
  value double precision NOT NULL CHECK (value >= 0 AND value <= 100000000),
  PRIMARY KEY (account_id, region, quota)
);
