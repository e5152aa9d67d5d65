#include "cli/delta.h"

#include <gtest/gtest.h>

namespace sluice::cli {
namespace {

TEST(Delta, ShowsWhatChangedAndTwoLinesAround) {
  EXPECT_EQ(delta("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nX\ne\nf\n"), " b\n c\n-d\n+X\n e\n f\n");
  EXPECT_EQ(delta("a\nb\nc\nd\ne\n", "X\nb\nc\nd\ne\n"), "-a\n+X\n b\n c\n …\n");
  EXPECT_EQ(delta("a\n", "a\nb\n"), " a\n+b\n");
  EXPECT_EQ(delta("a\nb\n", ""), "-a\n-b\n");
  EXPECT_EQ(delta("same\n", "same\n"), "");
}

}  // namespace
}  // namespace sluice::cli
