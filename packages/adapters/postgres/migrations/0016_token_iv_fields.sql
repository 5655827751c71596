-- needs: 12
-- What the IVs of encryptions in PKCS#11 tokens begin with; nothing is ever removed. A release that does not know of it
-- draws its IVs at random, which meets none of these but by chance.
CREATE TABLE token_iv_fields (
  field bytea PRIMARY KEY CHECK (length(field) = 8)
);
