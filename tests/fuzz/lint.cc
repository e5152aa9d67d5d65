// A revision after another: flags by one letter, then the up section of the first, its own up and
// its down, each behind a line `===`.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "lint/lint.h"
#include "revisions/decode.h"
#include "tests/fuzz/property.h"

namespace {

using sluice::fuzz::expect;
using sluice::lint::Finding;
using sluice::revisions::Revision;

constexpr uint32_t kFirstLine = 5;

uint32_t lines_of(const std::string& sql) {
  return static_cast<uint32_t>(std::count(sql.begin(), sql.end(), '\n'));
}

std::array<std::string, 3> carve(std::string_view text) {
  std::array<std::string, 3> sections;
  constexpr std::string_view kMark = "\n===\n";
  for (std::string& section : sections) {
    const size_t end = std::min(text.find(kMark), text.size());
    // What is no text does not get as far as the rules.
    sluice::fuzz::accepts(
        [&] { section = sluice::revisions::normalise("f.sql", text.substr(0, end)); });
    text.remove_prefix(std::min(end + kMark.size(), text.size()));
  }
  return sections;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto [before, up, down] = carve(sluice::fuzz::text_of(data + 1, size - 1));
  Revision first;
  first.id = "a";
  first.file = "a.sql";
  first.up = {before, kFirstLine};
  Revision second;
  second.id = "b";
  second.file = "b.sql";
  second.revises = {"a"};
  second.up = {up, kFirstLine};
  second.down = sluice::revisions::Section{down, kFirstLine + lines_of(up) + 2};
  second.transactional = (data[0] & 1U) != 0;
  if ((data[0] & 2U) != 0) second.phase = sluice::revisions::Phase::Contract;
  const uint32_t last = second.down->line + lines_of(down);
  const std::vector<Finding> findings =
      sluice::lint::lint(sluice::revisions::Graph({first, second}), {}, std::set<std::string>{"b"});
  for (const Finding& finding : findings) {
    expect(finding.file == "b.sql", "a finding names the file");
    expect(finding.line >= kFirstLine - 1 && finding.line <= last, "and a line that it has");
    expect(finding.column >= 1, "and a column");
    expect(finding.level != sluice::lint::Level::Off, "what is off is not reported");
    expect(!finding.message.empty() && !finding.instead.empty(), "and what to do");
  }
  return 0;
}
