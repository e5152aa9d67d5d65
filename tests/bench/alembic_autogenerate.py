"""What Alembic's autogenerate does: compares models of `argv[2]` tables, as catalog.py makes them, and one more, with the
database at argv[1]. Prints the differences."""
import sys
import threading

import sqlalchemy
from alembic import autogenerate, migration
from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Integer, Numeric, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB


def models(count):
    metadata = sqlalchemy.MetaData()
    for number in range(count):
        table = sqlalchemy.Table(
            f"t{number}", metadata, Column("id", BigInteger, primary_key=True),
            Column("parent_id", BigInteger, ForeignKey(f"t{max(number - 1, 0)}.id")), Column("name", Text, nullable=False),
            Column("total", Numeric(10, 2), server_default=text("0")),
            Column("created", DateTime(timezone=True), server_default=text("now()")), Column("kind", String(20)),
            Column("active", Boolean, server_default=text("true")), Column("data", JSONB), Column("note", Text),
            Column("n", Integer, nullable=False))
        sqlalchemy.Index(f"t{number}_name", table.c.name)
        sqlalchemy.Index(f"t{number}_active", table.c.created, table.c.kind, postgresql_where=table.c.active)
    sqlalchemy.Table("extra", metadata, Column("id", Integer))
    return metadata


def compare():
    with sqlalchemy.create_engine(sys.argv[1]).connect() as connection:
        context = migration.MigrationContext.configure(connection)
        for difference in autogenerate.compare_metadata(context, models(int(sys.argv[2]))):
            print(difference)


# SQLAlchemy follows foreign keys by recursion, and each table here refers to the one before.
sys.setrecursionlimit(1_000_000)
threading.stack_size(512 * 1024 * 1024)
thread = threading.Thread(target=compare)
thread.start()
thread.join()
