"""books

Revision ID: a1
Revises:
Create Date: 2024-04-01 10:20:30.123456

"""
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("books", sa.Column("id", sa.Integer, primary_key=True))
    op.execute(sa.text("INSERT INTO books VALUES (7 % 4)"))


def downgrade():
    raise NotImplementedError
