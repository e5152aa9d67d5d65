"""Pairs that do not pass, and why. One that begins to pass fails the test, and comes off this list."""
LOCAL = "PostgreSQL has no statement that makes a child's own column one that is only inherited (pg_attribute.attislocal)"
GAPS = {
    "inheritance/a table begins to inherit": LOCAL,
    "inheritance/another parent": LOCAL,
    "inheritance/the parent goes, the child stays": LOCAL,
    "views/VALUES in a union, which PostgreSQL prints in two ways": "PostgreSQL prints a view that was made from its own definition otherwise",
}
