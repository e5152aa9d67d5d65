"""Pairs of schemas, as the files of pairs/ write them.

A file is about one kind of object. In it,

    -- pair: what differs, in words

begins a pair. What follows belongs to both schemas, up to a line `-- old`, `-- new`, `-- both` (again) or
`-- rows`: SQL that runs in the old database once its schema is there. Lines before the first pair belong to
each pair of the file. What may be expected of a pair where the rules of judge.py do not say it:

    -- may lose: TABLE …       the plan may claim that rows or values of these are lost
    -- may rewrite: TABLE …    the plan may claim that these are rewritten
    -- no rows: TABLE …        nothing is put into these
    -- only forward: REASON    there is no way back
    -- refused: WORDS          the plan is refused, and the message has these words; nothing is changed
    -- options: WORDS          further options of `sluice diff`
    -- new hints: LINE         a line that only the wanted file has, forward; `-- old hints:` the way back;
                               ` & ` between several
"""
import dataclasses
import pathlib
import re

DIRECTORY = pathlib.Path(__file__).resolve().parent / "pairs"
MARK = re.compile(r"-- (both|old|new|rows)$")
FACT = re.compile(r"-- (may lose|may rewrite|no rows|only forward|refused|options|new hints|old hints): (.*)$")


@dataclasses.dataclass
class Pair:
    name: str
    place: str = ""
    old: str = ""
    new: str = ""
    rows: str = ""
    facts: dict = dataclasses.field(default_factory=dict)

    def words(self, fact):
        return self.facts.get(fact, "").split()

    def allows(self, fact, name):
        return name in self.words(fact) or "*" in self.words(fact)


def parse(text, kind):
    pairs, common, part = [], "", None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("-- pair: "):
            pairs.append(Pair(f"{kind}/{line[9:]}", f"pairs/{kind}.sql:{number}", common, common))
            part = "both"
        elif not pairs:
            common += line + "\n"
        elif match := MARK.match(line):
            part = match[1]
        elif match := FACT.match(line):
            assert match[1] not in pairs[-1].facts, f"{pairs[-1].place}: {match[1]} twice"
            pairs[-1].facts[match[1]] = match[2]
        else:
            for side in ("old", "new") if part == "both" else (part,):
                setattr(pairs[-1], side, getattr(pairs[-1], side) + line + "\n")
    return pairs


def load(only=""):
    """Those whose name has `only` in it."""
    pairs = [pair for path in sorted(DIRECTORY.glob("*.sql")) for pair in parse(path.read_text(), path.stem)]
    names = [pair.name for pair in pairs]
    assert len(set(names)) == len(names), {name for name in names if names.count(name) > 1}
    return [pair for pair in pairs if only in pair.name]
