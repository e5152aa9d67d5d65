#include "archive/names.h"

#include <gtest/gtest.h>

namespace sluice::archive {
namespace {

using std::chrono::hours;

const base::Timestamp kNow = *base::from_rfc3339("2026-11-21T10:00:00Z");

TEST(Names, OfAnArchiveAreItsTimeAndItsRun) {
  EXPECT_EQ(archive_id(kNow, "trips-1"), "20261121T100000Z-trips-1");
  EXPECT_EQ(temporary_name("20261121T100000Z-trips-1"), ".tmp-20261121T100000Z-trips-1");
}

TEST(Names, TellWhatNobodyWillFinish) {
  struct Case {
    const char* name;
    hours idle;
    bool stale;
  };
  const Case table[] = {
      {".tmp-20261121T090000Z-trips-1", hours(0), true},
      {".tmp-20261121T090000Z-trips-10", hours(0), false},
      {".tmp-20261121T090000Z-trips", hours(0), false},
      {".tmp-20261121T090000Z-other-trips-1", hours(0), false},
      {".tmp-20261121T090000Z-other-1", hours(24), false},
      {".tmp-20261121T090000Z-other-1", hours(25), true},
      {"20261121T090000Z-trips-1", hours(999), false},
      {".tmp-trips-1", hours(999), false},
      {".tmp-", hours(999), false},
      {"lost+found", hours(999), false},
  };
  for (const Case& it : table)
    EXPECT_EQ(is_stale(it.name, "trips-1", kNow - it.idle, kNow), it.stale) << it.name;
}

}  // namespace
}  // namespace sluice::archive
