#include "rehearsal/schema_delta.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/line_delta.h"

namespace sluice::rehearsal {
namespace {

using Lines = std::vector<std::string>;
using Objects = std::map<std::string, Lines>;  // by type and name

// Of a header that pg_dump writes: "-- Name: trips; Type: TABLE; Schema: public; Owner: app".
std::string field(std::string_view header, std::string_view name) {
  const std::string start = std::string(name) + ": ";
  const size_t at = header.find(start);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = header.substr(at + start.size());
  const std::string value(rest.substr(0, rest.find(';')));
  return value == "-" ? "" : value;
}

std::string object_of(std::string_view header) {
  const std::string schema = field(header, "Schema");
  return field(header, "Type") + " " + (schema.empty() ? "" : schema + ".") + field(header, "Name");
}

// Depends on what else is in the dump, or is different in each.
bool is_about_the_dump(std::string_view line) {
  return line.empty() || line == "--" || line.starts_with("-- PostgreSQL database dump") ||
         line.starts_with("\\restrict") || line.starts_with("\\unrestrict") ||
         line.starts_with("SET default_tablespace") ||
         line.starts_with("SET default_table_access_method");
}

Objects objects_of(std::string_view dump) {
  Objects objects;
  Lines* current = nullptr;
  while (!dump.empty()) {
    const size_t end = std::min(dump.find('\n'), dump.size());
    std::string_view line = dump.substr(0, end);
    dump.remove_prefix(std::min(end + 1, dump.size()));
    if (line.starts_with("-- Name: ") && line.find("; Type: ") != std::string_view::npos) {
      current = &objects[object_of(line)];
    } else if (current != nullptr && !is_about_the_dump(line)) {
      // Which column of a table is the last.
      if (line.ends_with(',')) line.remove_suffix(1);
      current->emplace_back(line);
    }
  }
  return objects;
}

void compare(const std::string& object, const Lines& before, const Lines& after, Lines& delta) {
  if (before == after) return;
  const std::vector<std::string_view> old_lines(before.begin(), before.end());
  const std::vector<std::string_view> new_lines(after.begin(), after.end());
  for (const base::DeltaLine& line : base::line_delta(old_lines, new_lines))
    if (line.mark != ' ') delta.push_back(object + ": " + line.mark + " " + std::string(line.text));
}

}  // namespace

std::vector<std::string> schema_delta(std::string_view before, std::string_view after) {
  Objects old_objects = objects_of(before);
  Objects new_objects = objects_of(after);
  std::set<std::string> names;
  for (const Objects* objects : {&old_objects, &new_objects})
    for (const auto& [name, lines] : *objects) names.insert(name);
  Lines delta;
  for (const std::string& name : names) compare(name, old_objects[name], new_objects[name], delta);
  return delta;
}

std::vector<std::string> without(std::vector<std::string> delta,
                                 const std::vector<std::string>& carried) {
  std::multiset<std::string> known(carried.begin(), carried.end());
  std::erase_if(delta, [&](const std::string& line) {
    const auto found = known.find(line);
    if (found == known.end()) return false;
    known.erase(found);
    return true;
  });
  return delta;
}

}  // namespace sluice::rehearsal
