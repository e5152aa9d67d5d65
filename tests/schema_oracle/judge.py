"""What a plan did to the rows, beside what it said that it would do.

What may be expected of every pair, unless its facts say otherwise:
  * a table that is in both schemas keeps its rows: as many, with the same content in each column that is in both
    with one type; where the type changes, or is composite, NULLs stay NULL and nothing else becomes it;
  * it is not written anew (its relfilenode stays) unless the plan claims so;
  * the plan claims the loss of whole tables only where they go, of values only where their column goes or changes its
    type; and that it rewrites a table only where columns or the table's storage change;
  * what a hint says is renamed is not lost;
  * a sequence does not fall back, as far as its new bounds let it stand where it stood.
"""
import collections

from sluice import statements

WHOLE = {"drop-table", "truncate", "drop-schema", "drop-cascade", "drop-owned", "delete-without-where"}


class Claims:
    def __init__(self, plan, names):
        """`names`: of tables, as regclass prints them, by (schema, name)."""
        self.lost = collections.defaultdict(set)  # by table: columns, or "*"
        self.rewritten = set()
        self.sequences = set()
        for statement in statements(plan):
            key = statement["object"]
            name = key["relation"] or key["name"]
            table = names.get((key["schema"], name), name)
            for hazard in statement["hazards"]:
                if hazard["category"] == "loses-data":
                    self.lost[table].add("*" if hazard["rule"] in WHOLE else key["name"])
                elif hazard["category"] == "rewrites":
                    self.rewritten.add(table)
                elif hazard["rule"] == "drop-sequence":
                    self.sequences.add(table)


def lineage(table, tables):
    """The table and what it inherits from."""
    result, todo = [], [table]
    while todo:
        one = todo.pop()
        if one not in result:
            result.append(one)
            todo += tables[one]["parents"] if one in tables else []
    return result


def compare(rows_before, rows_after, columns):
    """Rows of the one that the other has not."""
    count = [collections.Counter(tuple(row[column] for column in columns) for row in rows)
             for rows in (rows_before, rows_after)]
    return list((count[0] - count[1]).elements()), list((count[1] - count[0]).elements())


def judge_table(name, before, after, claims, family, pair):
    own, rewritten = claims.lost[name], any(each in claims.rewritten for each in family)
    lost = own | set().union(*(claims.lost[each] for each in family)) - {"*"}
    wrong = []
    was, now = before["columns"], after["columns"]
    changed = {column for column in was if column not in now or was[column][:2] != now[column][:2]}
    needless = own - changed
    if needless and not pair.allows("may lose", name):
        wrong.append(f"{name}: the plan claims without need that it loses {', '.join(sorted(needless))}")
    if "*" not in lost:
        shared = sorted(column for column in was if column in now and column not in lost and "s" not in now[column][1])
        same = [column for column in shared if was[column][0] == now[column][0] and not was[column][3]]
        if len(before["rows"]) != len(after["rows"]):
            wrong.append(f"{name}: {len(before['rows'])} rows before, {len(after['rows'])} after")
        else:
            gone, come = compare(before["rows"], after["rows"], same)
            if gone or come:
                wrong.append(f"{name} ({', '.join(same)}): lost {gone}, got {come}")
            for column in set(shared) - set(same):
                nulls = [sum(row[column] is None for row in side["rows"]) for side in (before, after)]
                if nulls[0] != nulls[1]:
                    wrong.append(f"{name}.{column}: {nulls[0]} NULL before, {nulls[1]} after")
    if before["node"] and after["node"] and before["node"] != after["node"] and not rewritten and "*" not in lost:
        wrong.append(f"{name}: written anew, which the plan does not claim")
    if name in claims.rewritten and was == now and before["storage"] == after["storage"] and not pair.allows("may rewrite", name):
        wrong.append(f"{name}: the plan claims without need that it rewrites the table")
    return wrong


def judge(before, after, plan, names, pair):
    tables_before, sequences_before = before
    tables_after, sequences_after = after
    claims = Claims(plan, names)
    wrong = []
    for name in sorted(set(tables_before) & set(tables_after)):
        family = lineage(name, tables_before) + lineage(name, tables_after)
        wrong += judge_table(name, tables_before[name], tables_after[name], claims, family, pair)
    for name in sorted(set(sequences_before) & set(sequences_after) - claims.sequences):
        stood, *_ = sequences_before[name]
        stands, least, most, step = sequences_after[name]
        if least <= stood <= most and (stands - stood) * step < 0:
            wrong.append(f"sequence {name}: stood at {stood}, stands at {stands}")
    lost = {table: columns for table, columns in claims.lost.items() if columns and not pair.allows("may lose", table)}
    if lost and any(fact.endswith("hints") for fact in pair.facts):
        wrong.append(f"the plan loses {lost}, which the hints are there to keep")
    return wrong
