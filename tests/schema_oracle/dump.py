"""What `pg_dump -s` says, with what no schema is made of taken out: the order of a table's columns (and so of what is
said of each of them, and of those of extended statistics), of options, of independent entries; versions; the key of
\\restrict."""
import re

HEADER = re.compile(r"^--\n-- Name: .*\n--\n", re.MULTILINE)
SETTING = re.compile(r"^SET (default_tablespace|default_table_access_method) = (.*);\n", re.MULTILINE)
NOISE = re.compile(r"^(\\(un)?restrict .*|-- PostgreSQL database dump.*|-- Dumped .*|--)?\n", re.MULTILINE)
STATEMENT = re.compile(r";\n+(?=[A-Z])")
QUOTE = re.compile(r"\$(\w*)\$|['\"]")
OPTIONS = re.compile(r"(?<=[\n )])WITH \((\w[^()]*=[^()]*)\)")
ARRAY = re.compile(r"(\()?\bARRAY\[")
CAST = {True: re.compile(r"\)::([\w\". ]+)\[\]"), False: re.compile(r"::([\w\". ]+)\[\]")}
TABLE = re.compile(r"^CREATE (UNLOGGED )?TABLE ", re.MULTILINE)


def split(text, at):
    """What is between the parentheses that open at `at`, by its commas, and where they close."""
    parts, depth, start = [], 0, at + 1
    while True:
        letter = text[at]
        if match := QUOTE.match(text, at):
            at = text.index(match[0], at + len(match[0])) + len(match[0]) - 1
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        if (letter == "," and depth == 1) or depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
        if depth == 0:
            return parts, at
        at += 1


def sort_columns(entry):
    match = TABLE.search(entry)
    line = entry.find("\n", match.start()) if match else -1
    if line < 0 or entry[line - 1] != "(":
        return entry
    parts, end = split(entry, line - 1)
    return entry[:line] + "\n    " + ",\n    ".join(sorted(parts)) + "\n" + entry[end:]


def settle(text):
    """PostgreSQL prints `c IN ('a')` of a varchar column in two ways: as it was written, and once it was made from what
    pg_dump had printed. Either becomes the second."""
    at = 0
    while match := ARRAY.search(text, at):
        at = match.end()
        parts, end = split(text, at - 1)
        cast = CAST[bool(match[1])].match(text, end + 1)
        if cast and parts != [""]:
            each = "({})::{}" if match[1] else "{}::{}"
            text = text[:match.start()] + "ARRAY[" + ", ".join(each.format(part, cast[1]) for part in parts) + "]" + text[cast.end():]
            at = match.start()
    return text


def cut(text):
    """What precedes the dump's entries, and each of them, as they are."""
    marks = [0, *(match.start() for match in HEADER.finditer(text)), len(text)]
    return [text[start:end] for start, end in zip(marks, marks[1:])]


def entries(text):
    """The dump's entries, each in its one form; sorted."""
    head, *rest = cut(text)
    settings = dict(SETTING.findall(head))
    result = [SETTING.sub("", NOISE.sub("", head))]
    for entry in rest:
        kind = re.match(r"--\n-- Name: .*; Type: ([^;]*); Schema: ", entry)[1]
        facts = []
        if kind in ("TABLE", "MATERIALIZED VIEW", "INDEX", "CONSTRAINT"):
            facts.append(settings.get("default_tablespace", "''"))
        if kind in ("TABLE", "MATERIALIZED VIEW") and "\nPARTITION BY " not in entry:
            facts.append(settings.get("default_table_access_method", "''"))
        settings.update(SETTING.findall(entry))
        entry = re.sub(r"\n\n\n+", "\n\n", SETTING.sub("", entry)).split("\n\n--\n-- PostgreSQL database dump")[0]
        if kind == "STATISTICS":
            entry = re.sub(r" ON (.*) FROM ", lambda match: f" ON {', '.join(sorted(split(f'({match[1]})', 0)[0]))} FROM ", entry)
        entry = settle(entry)
        entry = OPTIONS.sub(lambda match: f"WITH ({', '.join(sorted(split(f'({match[1]})', 0)[0]))})", entry)
        if kind == "TABLE":
            entry = sort_columns(entry)
        if kind in ("TABLE", "ACL", "DEFAULT ACL"):
            head, body = entry.strip().split("\n--\n", 1)
            first, *others = [each.strip().rstrip(";") for each in STATEMENT.split(body)]
            statements = [first, *sorted(others)] if kind == "TABLE" else sorted([first, *others])
            entry = head + "\n--\n" + ";\n".join(statements)
        if "\n-- *not* creating schema, since initdb creates it\n" in entry:
            continue  # there because of its owner
        facts = [fact for fact in facts if fact not in ("''", "heap")]
        result.append("\n".join([entry.strip(), *(f"-- in {fact}" for fact in facts)]))
    return [result[0], *sorted(result[1:])]


def normalised(text):
    return "\n\n".join(entries(text)) + "\n"
