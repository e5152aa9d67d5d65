import os

from alembic import context
from sqlalchemy import create_engine, pool

# "postgresql://user@/name?host=..." as SQLAlchemy and libpq both read it.
url = os.environ.get("DATABASE_URL", "postgresql://nobody@localhost/nowhere")

if context.is_offline_mode():
    context.configure(url=url)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
