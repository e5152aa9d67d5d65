"""audit, a line of its own that needs orders

Revision ID: 5e6f708192a3
Revises:
Create Date: 2024-03-05 10:20:30

"""
import sqlalchemy as sa
from alembic import op

revision = "5e6f708192a3"
down_revision = None
branch_labels = ("audit",)
depends_on = ("ordering",)


def upgrade():
    op.create_table(
        "audit",
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()")),
        sa.Column("order_id", sa.BigInteger, sa.ForeignKey("orders.id")),
    )


def downgrade():
    op.drop_table("audit")
