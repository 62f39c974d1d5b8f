-- The tables of the cache. Those of the schema "scratch" are for one build, in a second database
-- that SQLite keeps in an unnamed file: neither grows in memory with the site.
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
  name TEXT, part INTEGER, root TEXT, state TEXT, digest TEXT, page, subject TEXT,
  header TEXT, answer TEXT, image INTEGER, problems TEXT, PRIMARY KEY (name, part)
);
CREATE INDEX IF NOT EXISTS files_page ON files (page);
CREATE TABLE IF NOT EXISTS notes (
  page PRIMARY KEY, input TEXT, published TEXT, is_published INTEGER, value BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decks (
  name TEXT PRIMARY KEY, input TEXT, output TEXT, built TEXT, problems TEXT
);
CREATE TABLE scratch.found (
  place TEXT PRIMARY KEY, depth INTEGER, name TEXT, root TEXT, state TEXT
) WITHOUT ROWID;
CREATE INDEX scratch.found_name ON found (name);
CREATE TABLE scratch.settled (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE scratch.texts (name TEXT, page, answer TEXT, PRIMARY KEY (name, page));
CREATE TABLE scratch.joined (
  page PRIMARY KEY, name TEXT, header TEXT, answer TEXT, input TEXT
) WITHOUT ROWID;
CREATE TABLE scratch.members (
  subject TEXT, page, PRIMARY KEY (subject, page)
) WITHOUT ROWID;
CREATE INDEX scratch.members_page ON members (page);
CREATE TABLE scratch.published_pages (page PRIMARY KEY, state TEXT) WITHOUT ROWID;
CREATE TABLE scratch.to_make (page PRIMARY KEY, subject TEXT) WITHOUT ROWID;
CREATE TABLE scratch.made (
  page PRIMARY KEY, state TEXT, codes TEXT, value BLOB, changes BLOB
) WITHOUT ROWID;
