"""last login, with its index

Revision ID: 3c4d5e6f7081
Revises: 1a2b3c4d5e6f
Create Date: 2024-03-03 10:20:30

"""
import sqlalchemy as sa
from alembic import op

revision = "3c4d5e6f7081"
down_revision = "1a2b3c4d5e6f"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("users", sa.Column("last_login", sa.DateTime(timezone=True)))
    with op.get_context().autocommit_block():
        op.create_index(
            "users_last_login", "users", ["last_login"], postgresql_concurrently=True
        )


def downgrade():
    op.drop_index("users_last_login")
    op.drop_column("users", "last_login")
