// How two schemas differ, as pg_dump writes them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::rehearsal {

// One line each: the object, then `- ` or `+ ` and a line of its SQL that went or came:
// "TABLE public.trips: + note text". Objects are compared by name, so the order in which pg_dump
// writes them does not matter; the order of a table's columns does. Empty: the same schema.
std::vector<std::string> schema_delta(std::string_view before, std::string_view after);

// What `delta` has and `carried` has not, counting each line as often as it is there.
std::vector<std::string> without(std::vector<std::string> delta,
                                 const std::vector<std::string>& carried);

}  // namespace sluice::rehearsal
