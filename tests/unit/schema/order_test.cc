#include "schema/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(Order, FollowsRankWhereNothingWaits) {
  OrderGraph graph;
  graph.add(Lane::Shared, 3);
  graph.add(Lane::Shared, 1);
  graph.add(Lane::Shared, 1);
  EXPECT_THAT(graph.sort(), ElementsAre(1, 2, 0));
}

TEST(Order, WaitingComesBeforeRank) {
  OrderGraph graph;
  graph.add(Lane::Shared, 1);
  graph.add(Lane::Shared, 2);
  graph.wait(0, 1);
  EXPECT_THAT(graph.sort(), ElementsAre(1, 0));
}

TEST(Order, StaysInALaneWhileItCan) {
  OrderGraph graph;
  graph.add(Lane::Outside, 1);
  graph.add(Lane::Shared, 9);
  graph.add(Lane::Outside, 2);
  graph.add(Lane::Shared, 1);
  graph.wait(3, 0);
  EXPECT_THAT(graph.sort(), ElementsAre(1, 0, 2, 3));
}

TEST(Order, LeavesOutWhatIsInACircle) {
  OrderGraph graph;
  for (uint32_t rank = 0; rank < 4; ++rank) graph.add(Lane::Shared, rank);
  graph.wait(1, 0);
  graph.wait(1, 2);
  graph.wait(2, 1);
  graph.wait(3, 2);
  EXPECT_THAT(graph.sort(), ElementsAre(0));
  EXPECT_THAT(graph.cycles(), ElementsAre(UnorderedElementsAre(1, 2)));
}

TEST(Order, WaitingForItselfIsNoCircle) {
  OrderGraph graph;
  graph.add(Lane::Shared, 0);
  graph.wait(0, 0);
  EXPECT_THAT(graph.sort(), ElementsAre(0));
  EXPECT_THAT(graph.cycles(), IsEmpty());
}

}  // namespace
}  // namespace sluice::schema
