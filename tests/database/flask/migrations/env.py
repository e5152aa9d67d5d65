from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db
url = database.get_engine().url.render_as_string(hide_password=False)

if context.is_offline_mode():
    context.configure(url=url, target_metadata=database.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with database.get_engine().connect() as connection:
        context.configure(connection=connection, target_metadata=database.metadata)
        with context.begin_transaction():
            context.run_migrations()
