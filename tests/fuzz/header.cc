// One revision file: a mark whether it is compressed, then its bytes.
#include "revisions/render.h"
#include "revisions/revision.h"
#include "tests/fuzz/property.h"

namespace {

using sluice::fuzz::expect;
using sluice::revisions::Revision;

void expect_same(const Revision& one, const Revision& other) {
  expect(one.id == other.id, "the id survives");
  expect(one.revises == other.revises, "revises survives");
  expect(one.depends_on == other.depends_on, "depends-on survives");
  expect(one.branch_labels == other.branch_labels, "branch-labels survives");
  expect(one.created == other.created, "created survives");
  expect(one.message == other.message, "the message survives");
  expect(one.phase == other.phase, "the phase survives");
  expect(one.transactional == other.transactional, "transaction survives");
  expect(one.repeatable == other.repeatable, "repeatable survives");
  expect(one.down.has_value() == other.down.has_value(), "the down section survives");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view name = data[0] == 'z' ? "a_b.sql.gz" : "a_b.sql";
  Revision parsed;
  if (!sluice::fuzz::accepts([&] {
        parsed = sluice::revisions::parse_revision(name, sluice::fuzz::text_of(data + 1, size - 1));
      }))
    return 0;
  expect(!parsed.id.empty(), "a revision has an id");
  const Revision of_text = sluice::revisions::parse_revision("a_b.sql", parsed.text);
  expect(of_text.text == parsed.text, "the text that is kept reads as itself");
  expect_same(parsed, of_text);
  std::string rendered;
  if (!sluice::fuzz::accepts([&] { rendered = render(parsed); })) return 0;
  const Revision again = sluice::revisions::parse_revision("a_b.sql", rendered);
  expect_same(parsed, again);
  expect(render(again) == rendered, "rendering is stable");
  return 0;
}
