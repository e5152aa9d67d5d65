#include "archive/names.h"

#include <algorithm>

namespace sluice::archive {
namespace {

constexpr std::string_view kTemporary = ".tmp-";
constexpr size_t kStamp = std::string_view("20261121T100000Z").size();

}  // namespace

std::string archive_id(base::Timestamp created, std::string_view run) {
  std::string stamp = base::to_rfc3339(created);
  std::erase_if(stamp, [](char character) { return character == '-' || character == ':'; });
  return stamp + "-" + std::string(run);
}

std::string temporary_name(std::string_view archive_id) {
  return std::string(kTemporary) + std::string(archive_id);
}

bool is_stale(std::string_view name, std::string_view run, base::Timestamp last_change,
              base::Timestamp now) {
  if (!name.starts_with(kTemporary)) return false;
  name.remove_prefix(kTemporary.size());
  if (name.size() <= kStamp + 1 || name[kStamp - 1] != 'Z' || name[kStamp] != '-') return false;
  return name.substr(kStamp + 1) == run || now - last_change > kAbandonedAfter;
}

}  // namespace sluice::archive
