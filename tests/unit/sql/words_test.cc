#include "sql/words.h"

#include <gtest/gtest.h>

namespace sluice::sql {
namespace {

TEST(Words, AreTokensInLowerCase) {
  EXPECT_EQ(words_of("Select /* x */ \"A\", 'It''s' -- y\n, b"),
            (std::vector<std::string>{"select", "\"A\"", ",", "'It''s'", ",", "b"}));
}

TEST(Words, TellAnotherGuiseOfSet) {
  for (const char* sql : {"SELECT pg_catalog.set_config('search_path', '', false)",
                          "select SET_CONFIG('a.b', 'c', false), set_config('a.c', 'd', true)"})
    EXPECT_TRUE(only_sets_config(words_of(sql))) << sql;
  for (const char* sql : {"SELECT set_config('a.b', nextval('s')::text, false)",
                          "SELECT set_config('a.b', x, false) FROM t", "SELECT 'set_config(1)'",
                          "SELECT f(1)", "UPDATE t SET a = set_config('a.b', 'c', false)"})
    EXPECT_FALSE(only_sets_config(words_of(sql))) << sql;
  EXPECT_TRUE(is_set_local(words_of("SET LOCAL search_path = a")));
  EXPECT_FALSE(is_set_local(words_of("SET search_path = local")));
}

TEST(Words, TellWhatIsTemporary) {
  for (const char* sql :
       {"CREATE TEMP TABLE t (a int)", "CREATE LOCAL TEMPORARY TABLE t AS SELECT 1",
        "CREATE OR REPLACE TEMP VIEW v AS SELECT 1", "CREATE TABLE pg_temp.t (a int)",
        "SELECT 1 a INTO TEMP t", "SELECT 1 a INTO LOCAL TEMP TABLE t", "CREATE TEMP SEQUENCE s",
        "WITH x AS (SELECT 1) SELECT * INTO TEMPORARY t FROM x"})
    EXPECT_TRUE(makes_temporary(words_of(sql))) << sql;
  for (const char* sql :
       {"CREATE TABLE temp (temporary int)", "INSERT INTO temp VALUES (1)", "SELECT temp FROM t",
        "CREATE TABLE t (create_temp int)", "DROP TABLE pg_temp.t", "SELECT 'CREATE TEMP TABLE t'"})
    EXPECT_FALSE(makes_temporary(words_of(sql))) << sql;
}

TEST(Words, TellWhichColumnsAnUpdateSets) {
  const auto updates = [](const char* sql, const char* table = "u", const char* column = "id") {
    return updates_column(words_of(sql), table, column);
  };
  EXPECT_TRUE(updates("UPDATE u SET id = id + 1"));
  EXPECT_TRUE(updates("UPDATE ONLY public.u AS x SET n = f(1, id), \"id\" = 2 WHERE id = 1"));
  EXPECT_TRUE(updates("UPDATE u SET (n, id) = (1, 2)", "public.u"));
  EXPECT_FALSE(updates("UPDATE u SET n = id, m = CASE WHEN id = 1 THEN 2 END WHERE id = 3"));
  EXPECT_FALSE(updates("UPDATE other SET id = u.id FROM u WHERE u.id BETWEEN 1 AND 2"));
  EXPECT_FALSE(updates("INSERT INTO u SELECT 1 ON CONFLICT DO UPDATE SET id = 1"));
}

TEST(Words, TellWhoUnlocksAll) {
  EXPECT_TRUE(unlocks_all(words_of("SELECT pg_catalog.PG_Advisory_Unlock_All()")));
  EXPECT_FALSE(unlocks_all(words_of("SELECT pg_advisory_unlock(1), 'pg_advisory_unlock_all'")));
}

}  // namespace
}  // namespace sluice::sql
