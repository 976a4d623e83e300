-- The store of Almoner in PostgreSQL: the same model as schemas/sqlite.sql, which tells more; docs/stores.md tells what it
-- means. Everything stands in the first schema of the search_path.
--
-- A writer locks the row of clock from its first number to its commit: so numbers come in the order of commits, and a
-- cursor misses nothing. Whoever writes rows by hand must do the same: SELECT seq FROM clock FOR UPDATE.
--
-- Versioned by clock.schema_version; a change here needs a migration in store/database_postgres.c.

CREATE TABLE clock (
  one SMALLINT PRIMARY KEY CHECK (one = 1),
  store_id TEXT NOT NULL,               -- random; part of every cursor
  seq BIGINT NOT NULL,                  -- the last number given
  schema_version INTEGER NOT NULL
);
INSERT INTO clock VALUES (1, left(replace(gen_random_uuid()::text, '-', ''), 8), 0, 1);

CREATE TABLE pages (
  page_id BIGINT PRIMARY KEY,
  url TEXT NOT NULL,                    -- that was read; canonical form
  first_seen_ms BIGINT NOT NULL,       -- Unix time; 0: the document does not tell
  last_seen_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX pages_by_url ON pages (md5(url));   -- a URL may be longer than an index entry

CREATE TABLE versions (
  version_id BIGINT PRIMARY KEY,
  page_id BIGINT NOT NULL REFERENCES pages,
  digest TEXT NOT NULL,                 -- of what the page tells, without the time of the fetch; '' of a tombstone
  fetched_ms BIGINT NOT NULL,          -- when it was first seen so
  state TEXT NOT NULL CHECK (state IN ('current', 'superseded')),
  gone BOOLEAN NOT NULL DEFAULT false,  -- a tombstone
  canonical_url TEXT, content_sha256 TEXT, charset TEXT, language TEXT,
  title TEXT, published DATE, source TEXT, author TEXT, site TEXT,
  document JSONB,                       -- the page document, JSON; NULL of a tombstone
  seq BIGINT NOT NULL,
  changed_ms BIGINT NOT NULL           -- when seq was given
);
CREATE INDEX versions_by_page ON versions (page_id, fetched_ms);
CREATE UNIQUE INDEX versions_by_seq ON versions (seq);

CREATE TABLE organisations (
  organisation_id BIGINT PRIMARY KEY,
  version_id BIGINT NOT NULL REFERENCES versions,
  id TEXT NOT NULL,                     -- in the document: o1
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  aliases JSONB NOT NULL                 -- JSON array
);
CREATE INDEX organisations_by_version ON organisations (version_id);
CREATE INDEX organisations_by_name ON organisations USING hash (name);

CREATE TABLE people (
  person_id BIGINT PRIMARY KEY,
  version_id BIGINT NOT NULL REFERENCES versions,
  id TEXT NOT NULL,                     -- in the document: p1
  name TEXT NOT NULL,
  aliases JSONB NOT NULL
);
CREATE INDEX people_by_version ON people (version_id);
CREATE INDEX people_by_name ON people USING hash (name);

CREATE TABLE affiliations (
  affiliation_id BIGINT PRIMARY KEY,
  version_id BIGINT NOT NULL REFERENCES versions,
  member_person_id BIGINT REFERENCES people,               -- one of the two members
  member_organisation_id BIGINT REFERENCES organisations,
  organisation_id BIGINT NOT NULL REFERENCES organisations,
  role TEXT,
  rule TEXT NOT NULL
);
CREATE INDEX affiliations_by_version ON affiliations (version_id);

-- The flat row (docs/records.md) without what it has of its page.
CREATE TABLE donations (
  donation_id BIGINT PRIMARY KEY,
  uid TEXT NOT NULL,
  page_id BIGINT NOT NULL REFERENCES pages,
  version_id BIGINT NOT NULL REFERENCES versions,      -- that told it first, with the spans and parties below
  digest TEXT NOT NULL,                 -- of the flat row without fetched_at
  state TEXT NOT NULL CHECK (state IN (
    'current',
    'superseded',                       -- its page no longer tells it, or tells it otherwise
    'duplicate'                         -- its uid is current on another page (two URLs of one canonical URL)
  )),
  replaces BIGINT REFERENCES donations,                -- the superseded one of the same page that it corrects
  superseded_in BIGINT REFERENCES versions,            -- the version that no longer tells it
  donor TEXT, donor_type TEXT, donor_org TEXT, donor_person TEXT, donor_role TEXT,
  association TEXT, association_role TEXT,
  cash_amount NUMERIC, cash_currency TEXT, cash_qualifier TEXT,
  goods TEXT, goods_items JSON,
  value_amount NUMERIC, value_currency TEXT,
  recipients TEXT, channels TEXT, donation_date DATE,
  status TEXT NOT NULL, total BOOLEAN NOT NULL,
  evidence TEXT NOT NULL, rule TEXT NOT NULL, confidence NUMERIC NOT NULL,
  seq BIGINT NOT NULL,
  changed_ms BIGINT NOT NULL,
  cash_cents NUMERIC GENERATED ALWAYS AS (round(cash_amount * 100)) STORED,
  value_cents NUMERIC GENERATED ALWAYS AS (round(value_amount * 100)) STORED
);
CREATE INDEX donations_by_uid ON donations (uid);
CREATE UNIQUE INDEX donations_once ON donations (uid) WHERE state = 'current';
CREATE INDEX donations_by_page ON donations (page_id, state);
CREATE UNIQUE INDEX donations_by_seq ON donations (seq);

-- Who takes part in a donation, in the order of the document.
CREATE TABLE parties (
  donation_id BIGINT NOT NULL REFERENCES donations,
  part TEXT NOT NULL CHECK (part IN ('donor', 'recipient', 'channel')),
  position BIGINT NOT NULL,            -- from 0
  name TEXT NOT NULL,
  organisation_id BIGINT REFERENCES organisations,
  person_id BIGINT REFERENCES people,
  PRIMARY KEY (donation_id, part, position)
);

-- Where a fact stands: [start, end) in code points of the page's text. owner_id is the id of a donation, organisation,
-- person or affiliation: ids are unique over all of them. Fields of a donation: evidence, donor, role, cash, goods, value,
-- recipient, channel, date; subtract the start of `evidence` to find them in donations.evidence. Of the others: name, role.
CREATE TABLE spans (
  owner_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  "start" BIGINT NOT NULL,
  "end" BIGINT NOT NULL,
  PRIMARY KEY (owner_id, field, "start", "end")
);

-- Filled by `almoner resolve`: donations of several pages that are one gift, names of several pages that are one organisation.
CREATE TABLE gifts (
  gift_uid TEXT PRIMARY KEY,
  uid TEXT NOT NULL                     -- the donation that speaks for it: best told
);
CREATE TABLE gift_members (
  uid TEXT PRIMARY KEY,                 -- of a donation: in one gift at most
  gift_uid TEXT NOT NULL REFERENCES gifts,
  score DOUBLE PRECISION NOT NULL,
  why TEXT NOT NULL                     -- JSON: what ties it
);
CREATE INDEX gift_members_by_gift ON gift_members (gift_uid);
CREATE TABLE gift_doubts (              -- alike, but not tied
  uid TEXT NOT NULL,
  other_uid TEXT NOT NULL,
  score DOUBLE PRECISION NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (uid, other_uid)
);
CREATE TABLE entities (
  entity_uid TEXT PRIMARY KEY,
  name TEXT NOT NULL,                   -- the fullest form
  type TEXT NOT NULL,
  place TEXT
);
CREATE TABLE entity_members (
  page_id BIGINT NOT NULL REFERENCES pages,
  name TEXT NOT NULL,                   -- as organisations.name on this page
  entity_uid TEXT NOT NULL REFERENCES entities,
  score DOUBLE PRECISION NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (page_id, name)
);
CREATE INDEX entity_members_by_entity ON entity_members (entity_uid);

CREATE TABLE resolved (
  one SMALLINT PRIMARY KEY CHECK (one = 1),
  seq BIGINT NOT NULL                  -- clock.seq of the pages that were resolved last
);

-- Every donation that was ever told, with the fields of the flat row first, in their order.
CREATE VIEW donations_all AS
SELECT
  d.uid AS uid, coalesce(v.canonical_url, p.url) AS url, v.title AS title, v.published AS published, v.source AS source,
  d.donor AS donor, d.donor_type AS donor_type, d.donor_org AS donor_org, d.donor_person AS donor_person,
  d.donor_role AS donor_role, d.association AS association, d.association_role AS association_role,
  d.cash_amount AS cash_amount, d.cash_currency AS cash_currency, d.cash_qualifier AS cash_qualifier,
  d.goods AS goods, d.goods_items AS goods_items, d.value_amount AS value_amount, d.value_currency AS value_currency,
  d.recipients AS recipients, d.channels AS channels, d.donation_date AS donation_date, d.status AS status,
  d.total AS total, d.evidence AS evidence, d.rule AS rule, d.confidence AS confidence,
  CASE WHEN v.fetched_ms > 0 THEN to_char(to_timestamp(v.fetched_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END
    AS fetched_at,
  'almoner.row/1' AS schema,
  d.state AS state, r.uid AS replaces, d.seq AS seq,
  to_char(to_timestamp(d.changed_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS changed_at,
  d.donation_id AS donation_id, d.page_id AS page_id, d.version_id AS version_id, d.cash_cents AS cash_cents,
  d.value_cents AS value_cents, d.changed_ms AS changed_ms, r.version_id AS replaces_version
FROM donations d
JOIN versions v ON v.version_id = d.version_id
JOIN pages p ON p.page_id = d.page_id
LEFT JOIN donations r ON r.donation_id = d.replaces;

-- What the pages tell now.
CREATE VIEW donations_flat AS SELECT * FROM donations_all WHERE state = 'current';

-- A row a gift: the donation that speaks for it, and how many pages tell it. What was not resolved yet is a gift of its own.
CREATE VIEW gifts_flat AS
SELECT
  coalesce(m.gift_uid, f.uid) AS gift_uid,
  (SELECT count(DISTINCT o.page_id) FROM donations o JOIN gift_members n ON n.uid = o.uid
   WHERE o.state = 'current' AND n.gift_uid = m.gift_uid) AS told_by_pages,
  f.*
FROM donations_flat f
LEFT JOIN gift_members m ON m.uid = f.uid
LEFT JOIN gifts g ON g.gift_uid = m.gift_uid
WHERE m.uid IS NULL OR g.uid = f.uid;

-- Sums over others (total) are left out, what was only promised stands apart. A gift told by several pages counts several
-- times here; of gifts_flat each counts once.
CREATE VIEW donors AS
SELECT
  donor, min(donor_type) AS donor_type, count(*) AS donations, count(DISTINCT page_id) AS pages,
  round(coalesce(sum(CASE WHEN cash_currency = 'CNY' AND status <> 'pledged' THEN cash_cents END), 0) / 100, 2) AS cash_cny,
  round(coalesce(sum(CASE WHEN cash_currency = 'CNY' AND status = 'pledged' THEN cash_cents END), 0) / 100, 2) AS pledged_cny,
  round(coalesce(sum(CASE WHEN value_currency = 'CNY' THEN value_cents END), 0) / 100, 2) AS value_cny,
  min(coalesce(donation_date, published)) AS first_date, max(coalesce(donation_date, published)) AS last_date
FROM donations_flat
WHERE NOT total AND donor IS NOT NULL
GROUP BY donor;

CREATE VIEW recipients AS
SELECT
  recipients AS recipient, count(*) AS donations, count(DISTINCT donor) AS donors, count(DISTINCT page_id) AS pages,
  round(coalesce(sum(CASE WHEN cash_currency = 'CNY' AND status <> 'pledged' THEN cash_cents END), 0) / 100, 2) AS cash_cny,
  round(coalesce(sum(CASE WHEN cash_currency = 'CNY' AND status = 'pledged' THEN cash_cents END), 0) / 100, 2) AS pledged_cny,
  round(coalesce(sum(CASE WHEN value_currency = 'CNY' THEN value_cents END), 0) / 100, 2) AS value_cny,
  min(coalesce(donation_date, published)) AS first_date, max(coalesce(donation_date, published)) AS last_date
FROM donations_flat
WHERE NOT total AND recipients IS NOT NULL
GROUP BY recipients;
