#include "cli/draw_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/box_layout.h"

namespace sluice::cli {
namespace {

using schema::Attribute;
using schema::Entities;
using schema::Mark;
using schema::Reference;
using testing::HasSubstr;
using testing::Not;

Attribute attribute(const std::string& name, const std::string& type, bool primary = false,
                    bool foreign = false, Mark mark = Mark::None) {
  return {name, type, primary, foreign, false, true, mark};
}

Entities shop() {
  Entities schema;
  schema.entities = {{"public", "customers", {attribute("id", "bigint", true)}, Mark::None},
                     {"app",
                      "or\"ders<b>",
                      {attribute("id", "bigint", true), attribute("at", "timestamp with time zone"),
                       attribute("customer", "bigint", false, true, Mark::Add)},
                      Mark::Change}};
  Reference reference;
  reference.from = 1;
  reference.to = 0;
  reference.name = "orders_customer";
  reference.attributes = {2};
  reference.mark = Mark::Add;
  schema.references = {reference};
  return schema;
}

TEST(DrawSchema, MermaidHasEntitiesKeysReferencesAndMarks) {
  EXPECT_EQ(draw_mermaid(shop()),
            "erDiagram\n"
            "  t0[\"customers\"] {\n"
            "    bigint id PK\n"
            "  }\n"
            "  t1[\"app.or#34;ders#60;b#62; - changed\"] {\n"
            "    bigint id PK\n"
            "    timestamp_with_time_zone at\n"
            "    bigint customer FK \"added\"\n"
            "  }\n"
            "  t1 }o--|| t0 : \"orders_customer - added\"\n");
}

TEST(DrawSchema, MermaidTellsOptionalAndOneToOne) {
  Entities schema = shop();
  schema.references[0].optional = true;
  EXPECT_THAT(draw_mermaid(schema), HasSubstr("t1 }o--o| t0"));
  schema.references[0].one_to_one = true;
  EXPECT_THAT(draw_mermaid(schema), HasSubstr("t1 |o--o| t0"));
}

TEST(DrawSchema, SvgEscapesWhatItIsGivenAndMarksThePlan) {
  const std::string svg = draw_svg(shop());
  EXPECT_THAT(svg, HasSubstr("app.or&quot;ders&lt;b&gt;"));
  EXPECT_THAT(svg, Not(HasSubstr("ders<b>")));
  EXPECT_THAT(svg, HasSubstr("<g class=\"changed\">"));
  EXPECT_THAT(svg, HasSubstr("<path class=\"added\""));
  EXPECT_THAT(svg, HasSubstr(">dropped</text>"));  // the legend
  EXPECT_EQ(svg, draw_svg(shop()));
}

TEST(DrawSchema, SvgWithoutAPlanHasNoLegend) {
  Entities schema = shop();
  schema.references[0].mark = Mark::None;
  schema.entities[1].mark = Mark::None;
  schema.entities[1].attributes[2].mark = Mark::None;
  EXPECT_THAT(draw_svg(schema), Not(HasSubstr(">dropped</text>")));
}

TEST(DrawSchema, AnEmptySchemaIsAPicture) {
  EXPECT_THAT(draw_svg({}), HasSubstr("</svg>"));
  EXPECT_EQ(draw_mermaid({}), "erDiagram\n");
}

bool overlap(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

// Tables of different sizes, each referring to some before it, some to themselves, some in circles.
TEST(BoxLayout, NoBoxLiesOnAnotherAndAllAreInThePicture) {
  for (const size_t count : {size_t{1}, size_t{5}, size_t{30}, size_t{100}}) {
    std::vector<Box> boxes;
    std::vector<std::pair<size_t, size_t>> lines;
    for (size_t i = 0; i < count; ++i) {
      boxes.push_back({150 + static_cast<int>(i * 37 % 120), 60 + static_cast<int>(i * 53 % 240)});
      if (i % 3 != 0) lines.emplace_back(i, i / 2);
      if (i % 7 == 0 && i > 0) lines.emplace_back(i / 3, i);
      if (i % 5 == 0) lines.emplace_back(i, i);
    }
    const BoxLayout layout = lay_out(boxes, lines);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_GE(layout.boxes[i].x, 0);
      EXPECT_GE(layout.boxes[i].y, 0);
      EXPECT_LE(layout.boxes[i].x + layout.boxes[i].width, layout.width);
      EXPECT_LE(layout.boxes[i].y + layout.boxes[i].height, layout.height);
      for (size_t j = i + 1; j < count; ++j)
        EXPECT_FALSE(overlap(layout.boxes[i], layout.boxes[j])) << count << ": " << i << ", " << j;
    }
  }
}

TEST(BoxLayout, ATableStandsToTheRightOfThoseThatItRefersTo) {
  const BoxLayout layout = lay_out({{100, 50}, {100, 50}, {100, 50}}, {{1, 0}, {2, 1}, {2, 0}});
  EXPECT_LT(layout.boxes[0].x, layout.boxes[1].x);
  EXPECT_LT(layout.boxes[1].x, layout.boxes[2].x);
}

}  // namespace
}  // namespace sluice::cli
