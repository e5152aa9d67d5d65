#include "webhook/rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::webhook {
namespace {

using std::chrono::days;
using ::testing::HasSubstr;

const base::Timestamp kNow = *base::from_rfc3339("2026-11-21T10:00:00Z");
const std::vector<std::string> kNames = service_names("sluice-webhook", "sluice");

Material fresh_at(base::Timestamp now) { return renew({}, Action::RenewAll, kNames, now); }

TEST(Rotation, NamesAreThoseOfAService) {
  EXPECT_EQ(service_names("w", "n"),
            (std::vector<std::string>{"w", "w.n", "w.n.svc", "w.n.svc.cluster.local"}));
}

TEST(Rotation, Decides) {
  const Material good = fresh_at(kNow);
  const Material other = fresh_at(kNow);
  const auto change = [&](auto&& edit) {
    Material changed = good;
    edit(changed);
    return changed;
  };
  struct Row {
    const char* name;
    Material seen;
    base::Timestamp now;
    Action action;
    const char* reason;
  };
  const Row table[] = {
      {"just made", good, kNow, Action::Keep, ""},
      {"clock an hour behind", good, kNow - std::chrono::hours(1), Action::Keep, ""},
      {"two thirds through", good, kNow + days(242), Action::Keep, ""},
      {"a third is left", good, kNow + days(245), Action::RenewServing, "expires soon"},
      {"leaf expired", good, kNow + days(366), Action::RenewServing, "has expired"},
      {"authority in its last third", good, kNow + days(2434), Action::RenewAll, "expires soon"},
      {"authority expired", good, kNow + days(4000), Action::RenewAll, "has expired"},
      {"clock far behind", good, kNow - days(30), Action::RenewAll, "not valid yet"},
      {"empty Secret", {}, kNow, Action::RenewAll, "missing"},
      {"no authority", change([](Material& m) { m.authorities.clear(); }), kNow, Action::RenewAll,
       "missing"},
      {"no authority key", change([](Material& m) { m.authority_key.clear(); }), kNow,
       Action::RenewAll, "another key"},
      {"another's authority key",
       change([&](Material& m) { m.authority_key = other.authority_key; }), kNow, Action::RenewAll,
       "another key"},
      {"authority garbage", change([](Material& m) { m.authorities = "garbage"; }), kNow,
       Action::RenewAll, "cannot be read"},
      {"leaf in the authority's place",
       change([](Material& m) { m.authorities = m.certificate, m.authority_key = m.key; }), kNow,
       Action::RenewAll, "may not sign"},
      {"no leaf", change([](Material& m) { m.certificate.clear(); }), kNow, Action::RenewServing,
       "missing"},
      {"leaf garbage", change([](Material& m) { m.certificate = "garbage"; }), kNow,
       Action::RenewServing, "cannot be read"},
      {"another's leaf", change([&](Material& m) { m.certificate = other.certificate; }), kNow,
       Action::RenewServing, "another authority"},
      {"another's key", change([&](Material& m) { m.key = other.key; }), kNow, Action::RenewServing,
       "another key"},
      {"no key", change([](Material& m) { m.key.clear(); }), kNow, Action::RenewServing,
       "another key"},
      {"other names",
       renew(good, Action::RenewServing, service_names("webhook", "elsewhere"), kNow), kNow,
       Action::RenewServing, "other names"},
      {"authority in the leaf's place",
       change([](Material& m) { m.certificate = m.authorities, m.key = m.authority_key; }), kNow,
       Action::RenewServing, "not for servers"},
  };
  for (const Row& row : table) {
    const Decision decision = decide(row.seen, kNames, row.now);
    EXPECT_EQ(decision.action, row.action) << row.name << ": " << decision.reason;
    EXPECT_THAT(decision.reason, HasSubstr(row.reason)) << row.name;
  }
}

TEST(Rotation, WhatItRenewedItKeeps) {
  for (const auto later : {kNow, kNow + days(2434), kNow + days(4000)}) {
    const Material seen = renew(fresh_at(kNow), Action::RenewAll, kNames, later);
    EXPECT_EQ(decide(seen, kNames, later).action, Action::Keep);
  }
}

TEST(Rotation, ARenewedLeafKeepsTheAuthority) {
  const Material before = fresh_at(kNow);
  const Material after = renew(before, Action::RenewServing, kNames, kNow + days(250));
  EXPECT_EQ(after.authorities, before.authorities);
  EXPECT_EQ(after.authority_key, before.authority_key);
  EXPECT_NE(after.key, before.key);
  EXPECT_EQ(decide(after, kNames, kNow + days(250)).action, Action::Keep);
}

TEST(Rotation, ARenewedAuthorityOverlapsWithTheOneBefore) {
  const Material first = fresh_at(kNow);
  const Material second = renew(first, Action::RenewAll, kNames, kNow);
  EXPECT_EQ(split_chain(second.authorities).size(), 2U);
  EXPECT_TRUE(is_trusted(first.certificate, second.authorities, kNow));
  EXPECT_TRUE(is_trusted(second.certificate, second.authorities, kNow));
  EXPECT_FALSE(is_trusted(second.certificate, first.authorities, kNow));

  const Material third = renew(second, Action::RenewAll, kNames, kNow);
  EXPECT_EQ(split_chain(third.authorities).size(), 2U);
  EXPECT_TRUE(is_trusted(second.certificate, third.authorities, kNow));
  EXPECT_FALSE(is_trusted(first.certificate, third.authorities, kNow));
}

TEST(Rotation, AnExpiredAuthorityIsNotCarriedOn) {
  const Material first = fresh_at(kNow);
  const Material second = renew(first, Action::RenewAll, kNames, kNow + days(3651));
  EXPECT_EQ(split_chain(second.authorities).size(), 1U);
}

TEST(Rotation, TrustEndsWithTheCertificate) {
  const Material made = fresh_at(kNow);
  EXPECT_TRUE(is_trusted(made.certificate, made.authorities, kNow + days(365)));
  EXPECT_FALSE(is_trusted(made.certificate, made.authorities, kNow + days(366)));
  EXPECT_FALSE(is_trusted("", made.authorities, kNow));
  EXPECT_FALSE(is_trusted(made.certificate, "", kNow));
}

}  // namespace
}  // namespace sluice::webhook
