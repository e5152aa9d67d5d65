-- pair: a configuration
-- new
CREATE TEXT SEARCH CONFIGURATION c (COPY = english);

-- pair: mappings
-- old
CREATE TEXT SEARCH CONFIGURATION c (COPY = english);
-- new
CREATE TEXT SEARCH CONFIGURATION c (COPY = english);
ALTER TEXT SEARCH CONFIGURATION c DROP MAPPING FOR url, email;
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR asciiword WITH german_stem, simple;

-- pair: a dictionary and its options
-- old
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = snowball, LANGUAGE = 'german');
-- new
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = snowball, LANGUAGE = 'english', STOPWORDS = 'english');
-- both
CREATE TEXT SEARCH CONFIGURATION c (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR asciiword WITH d;

-- pair: a dictionary of another template
-- old
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = snowball, LANGUAGE = 'german');
-- new
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple);

-- pair: used by a generated column and an index
CREATE TABLE t (id integer PRIMARY KEY, body text);
-- new
CREATE TEXT SEARCH CONFIGURATION c (COPY = english);
ALTER TABLE t ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('c', coalesce(body, ''))) STORED;
CREATE INDEX t_words ON t USING gin (words);
CREATE INDEX t_body ON t USING gin (to_tsvector('public.c', body));

-- pair: parser and template
-- new
CREATE TEXT SEARCH PARSER p (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH TEMPLATE t (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = t);
CREATE TEXT SEARCH CONFIGURATION c (PARSER = p);
ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word WITH d;

-- pair: comments
CREATE TEXT SEARCH CONFIGURATION c (COPY = simple);
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple);
-- old
COMMENT ON TEXT SEARCH CONFIGURATION c IS 'one';
-- new
COMMENT ON TEXT SEARCH CONFIGURATION c IS 'two';
COMMENT ON TEXT SEARCH DICTIONARY d IS 'three';
