// golang-migrate: `<number>_<name>.up.sql` and `.down.sql`, each sent as it is. A version that has
// no up file is an empty one there, and so it is here.
#include <map>

#include "revisions/foreign.h"

namespace sluice::revisions {
namespace {

constexpr std::string_view kUp = ".up.sql";
constexpr std::string_view kDown = ".down.sql";

}  // namespace

bool is_golang_migrate_name(std::string_view base) {
  const std::string_view number = leading_number(base);
  return !number.empty() && base[number.size()] == '_' &&
         (base.ends_with(kUp) || base.ends_with(kDown));
}

std::vector<Revision> read_golang_migrate(const std::vector<ForeignFile>& files) {
  struct Pair {
    const ForeignFile* up = nullptr;
    const ForeignFile* down = nullptr;
  };
  std::map<Version, Pair> pairs;
  for (const ForeignFile& file : files) {
    const bool is_up = file.base.ends_with(kUp);
    Pair& pair = pairs[Version(leading_number(file.base))];
    const ForeignFile*& place = is_up ? pair.up : pair.down;
    if (place != nullptr)
      throw_duplicate(place->name, file.name, std::string(leading_number(file.base)));
    place = &file;
  }
  std::vector<Revision> revisions;
  for (const auto& [version, pair] : pairs) {
    const ForeignFile& first = pair.up != nullptr ? *pair.up : *pair.down;
    const std::string_view number = leading_number(first.base);
    std::string_view slug = std::string_view(first.base).substr(number.size() + 1);
    slug.remove_suffix(pair.up != nullptr ? kUp.size() : kDown.size());
    Revision revision;
    revision.id = number;
    revision.file = first.name;
    revision.message = message_of(slug);
    if (pair.up != nullptr) revision.up.sql = pair.up->text;
    if (pair.down != nullptr) revision.down = Section{pair.down->text, 1, pair.down->name};
    revisions.push_back(std::move(revision));
  }
  return revisions;
}

}  // namespace sluice::revisions
