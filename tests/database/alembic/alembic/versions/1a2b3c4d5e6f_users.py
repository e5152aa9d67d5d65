"""users and their moods

Revision ID: 1a2b3c4d5e6f
Revises:
Create Date: 2024-03-01 10:20:30.123456

"""
import sqlalchemy as sa
from alembic import op
from schema_words import MOODS

revision = "1a2b3c4d5e6f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    moods = op.create_table(
        "moods",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, comment="90% of them are glad"),
    )
    op.bulk_insert(moods, [{"id": i, "name": name} for i, name in enumerate(MOODS)])
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("email", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.Enum("admin", "guest", name="role"), server_default="guest"),
        sa.Column("mood_id", sa.Integer, sa.ForeignKey("moods.id"), server_default="0"),
    )
    op.execute(
        """
        CREATE FUNCTION half(n int) RETURNS int LANGUAGE plpgsql AS $$
        BEGIN
          -- a semicolon; and a remainder
          RETURN (n - n % 2) / 2;
        END $$
        """
    )


def downgrade():
    op.execute("DROP FUNCTION half(int)")
    op.drop_table("users")
    op.drop_table("moods")
    op.execute("DROP TYPE role")
