// A directory: the format by one letter (`?`: to be told), then files, each a line `=== NAME` and
// its bytes.
#include <array>
#include <optional>
#include <vector>

#include "revisions/formats.h"
#include "revisions/graph.h"
#include "tests/fuzz/property.h"

namespace {

using sluice::fuzz::expect;
using namespace std::string_view_literals;
namespace revisions = sluice::revisions;

std::vector<revisions::SourceFile> carve(std::string_view text) {
  std::vector<revisions::SourceFile> files;
  constexpr std::string_view kMark = "=== ";
  for (size_t at = text.find(kMark); at != std::string_view::npos;) {
    const size_t name_end = std::min(text.find('\n', at), text.size());
    const size_t next = text.find("\n=== "sv, name_end);
    const std::string_view name = text.substr(at + kMark.size(), name_end - at - kMark.size());
    const size_t begin = std::min(name_end + 1, text.size());
    const size_t end = next == std::string_view::npos ? text.size() : std::max(begin, next);
    files.push_back({std::string(name), std::string(text.substr(begin, end - begin))});
    at = next == std::string_view::npos ? next : next + 1;
  }
  return files;
}

std::optional<revisions::Format> format_of(char letter) {
  constexpr std::string_view kLetters = "sdgmfn";
  const size_t at = kLetters.find(letter);
  if (at == std::string_view::npos) return std::nullopt;
  return revisions::format_named(revisions::format_names()[at]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text = sluice::fuzz::text_of(data, size);
  std::vector<revisions::Revision> read;
  revisions::Format format{};
  if (!sluice::fuzz::accepts(
          [&] { read = read_files(carve(text), format_of(text.front()), &format); }))
    return 0;
  for (const revisions::Revision& revision : read) {
    expect(!revision.id.empty(), "a revision has an id");
    const revisions::Revision kept = revisions::parse_revision("kept.sql", revision.text);
    expect(kept.id == revision.id, "the text that the ledger keeps has the revision's id");
    expect(kept.revises == revision.revises, "and what it revises");
    expect(kept.transactional == revision.transactional, "and whether it is a transaction");
    expect(kept.repeatable == revision.repeatable, "and whether it is repeatable");
    expect(kept.down.has_value() == revision.down.has_value(), "and whether there is a way down");
  }
  sluice::fuzz::accepts([&] {
    const revisions::Graph graph(read);
    if (format != revisions::Format::Sluice)
      expect(graph.heads().size() <= 1, "revisions of other tools form one line");
  });
  return 0;
}
