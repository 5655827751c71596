-- needs: 11
-- How a key that signs checkpoints came after the one before it: signed by both. A release that does not know of it signs
-- with the latest key, and cannot tell others that they may trust it.
ALTER TABLE audit_signing_keys
  ADD COLUMN succeeded_at instant,
  ADD COLUMN signature_of_former text COLLATE "C",
  ADD COLUMN signature_of_latter text COLLATE "C",
  ADD CONSTRAINT audit_signing_keys_succession CHECK (
    (succeeded_at IS NULL) = (number = 1)
    AND (signature_of_former IS NULL) = (succeeded_at IS NULL)
    AND (signature_of_latter IS NULL) = (succeeded_at IS NULL));
