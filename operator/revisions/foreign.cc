#include "revisions/foreign.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace sluice::revisions {
namespace {

bool shorter_or_smaller(const std::string& one, const std::string& other) {
  return one.size() != other.size() ? one.size() < other.size() : one < other;
}

}  // namespace

void refuse_file(const std::string& name, const std::string& what, const std::string& remedy) {
  throw base::Error(base::ErrorKind::Invalid, "RevisionInvalid", name + ": " + what, remedy);
}

void refuse_line(const std::string& name, uint32_t line, const std::string& what,
                 const std::string& remedy) {
  refuse_file(name + ":" + std::to_string(line), what, remedy);
}

void throw_duplicate(const std::string& one, const std::string& other, const std::string& version) {
  throw base::Error(base::ErrorKind::Invalid, "RevisionDuplicate",
                    "version " + version + " stands in two files: " + one + " and " + other,
                    "remove one, or give it a version of its own");
}

Version::Version(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("._"), text.size());
    std::string_view part = text.substr(0, end);
    part.remove_prefix(std::min(part.find_first_not_of('0'), part.size()));
    parts_.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!parts_.empty() && parts_.back().empty()) parts_.pop_back();
}

bool Version::operator<(const Version& other) const {
  return std::ranges::lexicographical_compare(parts_, other.parts_, shorter_or_smaller);
}

std::string_view leading_number(std::string_view base) {
  const size_t end = std::min(base.find_first_not_of("0123456789"), base.size());
  if (end == 0 || end == base.size()) return {};
  const char next = base[end];
  return next == '_' || next == '-' || next == '.' ? base.substr(0, end) : std::string_view();
}

std::string message_of(std::string_view slug) {
  std::string message(slug);
  std::ranges::replace(message, '_', ' ');
  return std::string(base::trim(message));
}

std::string message_after_number(std::string_view base) {
  base.remove_suffix(4);
  base.remove_prefix(std::min(base.find_first_not_of("0123456789"), base.size()));
  if (!base.empty()) base.remove_prefix(1);
  return message_of(base);
}

void for_each_line(std::string_view text, const std::function<void(const TextLine&)>& look) {
  TextLine line;
  for (size_t at = 0; at < text.size(); ++line.number) {
    const size_t end = std::min(text.find('\n', at), text.size());
    line.text = text.substr(at, end - at);
    line.begin = at;
    line.next = std::min(end + 1, text.size());
    look(line);
    at = end + 1;
  }
}

std::optional<std::string_view> comment_at_start(std::string_view line) {
  if (!line.starts_with("--")) return std::nullopt;
  return base::trim(line.substr(2));
}

}  // namespace sluice::revisions
