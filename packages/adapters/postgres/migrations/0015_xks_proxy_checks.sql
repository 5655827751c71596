-- needs: 12
-- When the proxies of connected external key stores are looked at, and what was found. It may be lost: then they are
-- looked at again. A release that does not know of it does not look.
CREATE UNLOGGED TABLE xks_proxy_checks (
  custom_key_store_id custom_key_store_id PRIMARY KEY REFERENCES custom_key_stores ON DELETE CASCADE,
  due_at instant NOT NULL,
  checked_at instant,
  condition text CHECK (condition IN ('healthy', 'degraded', 'unavailable', 'failing')),
  failure text CHECK (failure ~ '^[A-Za-z]{1,64}$'),
  active integer NOT NULL DEFAULT 0 CHECK (active >= 0),
  degraded integer NOT NULL DEFAULT 0 CHECK (degraded >= 0),
  unavailable integer NOT NULL DEFAULT 0 CHECK (unavailable >= 0),
  certificate_expires_at instant,
  CONSTRAINT xks_proxy_checks_checked CHECK ((checked_at IS NULL) = (condition IS NULL)),
  CONSTRAINT xks_proxy_checks_failure CHECK ((condition = 'failing') = (failure IS NOT NULL) OR condition IS NULL)
);

CREATE INDEX custom_key_stores_connected_xks ON custom_key_stores (id)
  WHERE type = 'EXTERNAL_KEY_STORE' AND connection_state = 'CONNECTED';
