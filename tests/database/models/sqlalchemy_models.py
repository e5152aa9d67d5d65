"""Models of SQLAlchemy, and their tables as SQL on standard output: a wanted schema."""
from sqlalchemy import (
    CheckConstraint, Column, Enum, ForeignKey, Index, Integer, MetaData, Numeric, String, create_mock_engine, func, text)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import declarative_base

Base = declarative_base(metadata=MetaData(naming_convention={
    "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s"}))


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    mail = Column(String(200), nullable=False, unique=True)
    mood = Column(Enum("calm", "wild", name="mood"), nullable=False, server_default="calm")


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("users.id"), nullable=False, index=True)
    total = Column(Numeric(10, 2), CheckConstraint("total >= 0", name="total"), nullable=False)
    dozens = Column(
        Integer, CheckConstraint("dozens % 12 = 0", name="dozens"), comment="100 % in dozens", server_default=text("25 % 13"))


Index("ix_users_lower_mail", func.lower(User.mail))

if __name__ == "__main__":
    # A driver's own style of parameters would double every %.
    dialect = postgresql.dialect(paramstyle="named")
    engine = create_mock_engine(
        "postgresql://", lambda statement, *_: print(str(statement.compile(dialect=dialect)).strip() + ";"))
    Base.metadata.create_all(engine, checkfirst=False)
