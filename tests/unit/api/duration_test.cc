#include "api/duration.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::api {
namespace {

using std::chrono::milliseconds;

TEST(Duration, IsASumOfNumbersWithUnits) {
  const struct {
    const char* text;
    int64_t expected;
  } kCases[] = {{"0s", 0},         {"500ms", 500},          {"2s", 2000},
                {"90s", 90'000},   {"1h30m", 5'400'000},    {"1h1m1s1ms", 3'661'001},
                {"1m2m", 180'000}, {"720h", 2'592'000'000}, {"007s", 7000}};
  for (const auto& test : kCases)
    EXPECT_EQ(parse_duration(test.text), milliseconds(test.expected)) << test.text;
}

TEST(Duration, IsNothingElse) {
  for (const char* text :
       {"", "1", "s", "-1s", "+1s", "1.5h", "1d", "1 s", " 1s", "1s ", "1S", "1us", "1h30", "1msx",
        "99999999999999999999h", "876000000h", "800000h800000h"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Duration, DoesNotReadPastANul) {
  EXPECT_EQ(parse_duration(std::string("1s\0"
                                       "1s",
                                       5)),
            std::nullopt);
}

}  // namespace
}  // namespace sluice::api
