-- needs: 4
-- When a delivery was tried first: it is given up when it has failed for too long, however long it had waited before.
ALTER TABLE event_deliveries ADD COLUMN first_tried_at instant;
CREATE INDEX event_deliveries_queued ON event_deliveries (destination, queued_at) WHERE given_up_at IS NULL;
