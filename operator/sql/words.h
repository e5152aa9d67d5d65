// What the words of a statement say, where its tree would say no more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::sql {

// The tokens without comments, in lower case but for what stands in quotes.
std::vector<std::string> words_of(const std::string& statement);

// SET LOCAL …, by words_of().
bool is_set_local(const std::vector<std::string>& words);
// SELECT set_config(…), and nothing else that is called: a SET in another guise.
bool only_sets_config(const std::vector<std::string>& words);
// CREATE TEMPORARY …, CREATE … pg_temp.…, SELECT … INTO TEMPORARY ….
bool makes_temporary(const std::vector<std::string>& words);
// pg_advisory_unlock_all() is called outside of quotes.
bool unlocks_all(const std::vector<std::string>& words);
// UPDATE table SET column = …; the table by its last name.
bool updates_column(const std::vector<std::string>& words, const std::string& table,
                    std::string_view column);

}  // namespace sluice::sql
