-- What was changed, for the nodes that hold copies, and the nodes themselves (decision 0030). Nodes that know nothing of
-- this hear of no change, so none older than this one may run on the database.

-- One row a change, written in the transaction that makes it. A crash of the server may empty the table: each session ends
-- with it, and a node that opens a new one starts with nothing held.
CREATE UNLOGGED TABLE announced_changes (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  payload text NOT NULL CHECK (length(payload) <= 2000)
);
CREATE INDEX announced_changes_xid ON announced_changes (xid);

-- One row a process that holds copies. It must outlive a crash of the server, because the lease does.
CREATE TABLE cache_nodes (
  node_id uuid PRIMARY KEY,
  -- Counts the times the node joined.
  epoch bigint NOT NULL CHECK (epoch > 0),
  -- Counts renewals within the epoch: a number that stands still for a lease proves that the lease has run out.
  renewals bigint NOT NULL CHECK (renewals >= 0),
  lease_ms integer NOT NULL CHECK (lease_ms BETWEEN 200 AND 10000),
  -- By the clock of the database, for people to read: nothing is decided by it.
  lease_until timestamptz NOT NULL,
  -- Changes of transactions before this one have reached the node.
  seen xid8 NOT NULL
) WITH (fillfactor = 50);
