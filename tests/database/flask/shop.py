"""A Flask application with Flask-Migrate, as small as it can be."""
import os

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate


class Database:
    """What Flask-Migrate asks of Flask-SQLAlchemy."""

    def __init__(self):
        self.metadata = sa.MetaData()
        self.engine = sa.create_engine(
            os.environ.get("DATABASE_URL", "postgresql://nobody@localhost/nowhere")
        )

    def get_engine(self):
        return self.engine


def create_app():
    app = Flask(__name__)
    Migrate(app, Database())
    return app
