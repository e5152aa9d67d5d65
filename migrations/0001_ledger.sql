-- revision: sluice_0001
-- revises:
-- created: 2026-11-21T06:00:00Z
-- message: the ledger
-- migrate:up
-- CREATE SCHEMA IF NOT EXISTS asks for a privilege even where the schema is there already.
DO $$ BEGIN
  IF to_regnamespace('sluice') IS NULL THEN
    CREATE SCHEMA sluice;
  END IF;
END $$;

-- What is in effect. Beside the user's revisions stand Sluice's own and the repeatable ones.
CREATE TABLE sluice.revisions (
  origin text NOT NULL,  -- user, sluice, repeatable
  id text NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  revises text[] NOT NULL,
  depends_on text[] NOT NULL,
  branch_labels text[] NOT NULL,
  message text NOT NULL,
  file text NOT NULL,
  body text NOT NULL,
  raw_checksum text NOT NULL,
  canonical_checksum text NOT NULL,
  run text NOT NULL,
  epoch bigint NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms bigint NOT NULL,
  PRIMARY KEY (origin, id)
);

CREATE TABLE sluice.runs (
  epoch bigint PRIMARY KEY,
  id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('upgrade', 'downgrade', 'stamp', 'repair', 'sync')),
  target text NOT NULL,
  plan_digest text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  outcome text CHECK (outcome IN ('succeeded', 'failed')),
  message text
);

-- One row: the epoch of the newest run. Only that run may write.
CREATE TABLE sluice.fence (
  the_only boolean PRIMARY KEY DEFAULT true CHECK (the_only),
  epoch bigint NOT NULL
);
INSERT INTO sluice.fence (epoch) VALUES (0);

-- A revision without a transaction that has begun and not ended: what became of its statements.
CREATE TABLE sluice.statements (
  revision text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('up', 'down')),
  number int NOT NULL,
  checksum text NOT NULL,
  -- intended: it was sent, and what became of it is not known. begun: batches of it are done.
  state text NOT NULL CHECK (state IN ('intended', 'begun', 'done')),
  -- What the catalog held before an intended one was sent.
  before text,
  -- How far a batched one has come: the last key that is done, the last that there was when it
  -- began, and the rows that it met and that it changed.
  batch_key text,
  batch_end text,
  batch_met bigint NOT NULL DEFAULT 0,
  batch_changed bigint NOT NULL DEFAULT 0,
  run text NOT NULL,
  epoch bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (revision, direction, number)
);

-- What was run to bring the database to a wanted schema: a row for each transaction, and for each
-- statement outside of any.
CREATE TABLE sluice.syncs (
  epoch bigint NOT NULL,
  id text NOT NULL,
  wanted text NOT NULL,  -- SHA-256 of the schema that was wanted
  body text NOT NULL,
  run text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms bigint NOT NULL,
  PRIMARY KEY (epoch, id)
);

-- What happened, in order. Rows are only ever added.
CREATE TABLE sluice.history (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  direction text NOT NULL,  -- up, down, stamp, unstamp, repair, sync
  origin text NOT NULL,
  revision text NOT NULL,
  raw_checksum text NOT NULL,
  run text NOT NULL,
  epoch bigint NOT NULL,
  duration_ms bigint NOT NULL
);

-- One row of revisions and one of history. A repeatable revision takes the place of itself. A function,
-- because PostgreSQL plans what it holds once in a session, and not for each revision.
CREATE FUNCTION sluice.record_applied(
  direction text, origin text, id text, revises text[], depends_on text[], branch_labels text[],
  message text, file text, body text, raw_checksum text, canonical_checksum text,
  run text, epoch bigint, duration_ms bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF $2 = 'repeatable' THEN
    UPDATE sluice.revisions r SET message = $7, file = $8, body = $9, raw_checksum = $10,
      canonical_checksum = $11, run = $12, epoch = $13, applied_at = clock_timestamp(), duration_ms = $14
    WHERE r.origin = $2 AND r.id = $3;
  END IF;
  IF NOT FOUND THEN
    INSERT INTO sluice.revisions (origin, id, revises, depends_on, branch_labels, message, file, body,
      raw_checksum, canonical_checksum, run, epoch, duration_ms)
    VALUES ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);
  END IF;
  INSERT INTO sluice.history (direction, origin, revision, raw_checksum, run, epoch, duration_ms)
  VALUES ($1, $2, $3, $10, $12, $13, $14);
END $$;

-- migrate:down
DROP FUNCTION sluice.record_applied;
DROP TABLE sluice.history, sluice.syncs, sluice.statements, sluice.fence, sluice.runs, sluice.revisions;
