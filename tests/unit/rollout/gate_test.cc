// The gate in mode Pause, as the API server's writes meet it.
#include "rollout/gate.h"

#include <gtest/gtest.h>

namespace sluice::rollout {
namespace {

using nlohmann::json;

// A Deployment as a small language: deployment("v1"), then what differs.
json deployment(const std::string& version) {
  return {{"metadata",
           {{"name", "api"},
            {"namespace", "shop"},
            {"resourceVersion", "7"},
            {"labels", {{kGatedLabel, "true"}}}}},
          {"spec",
           {{"replicas", 2},
            {"template",
             {{"metadata", {{"annotations", {{kRequiresAnnotation, "r-" + version}}}}},
              {"spec", {{"containers", json::array({{{"image", "api:" + version}}})}}}}}}}};
}

json with_paused(json object) {
  object["spec"]["paused"] = true;
  return object;
}

json with_version(json object, const std::string& version) {
  object["spec"]["template"] = deployment(version)["spec"]["template"];
  return object;
}

json with_owner_of_paused(json object, const std::string& manager) {
  object["metadata"]["managedFields"] =
      json::array({{{"manager", manager},
                    {"operation", "Apply"},
                    {"fieldsV1", {{"f:spec", {{"f:paused", json::object()}}}}}}});
  return object;
}

json created(const json& object) { return object.patch(judge_create(object)); }
json updated(const json& before, const json& object) {
  return object.patch(judge_update(before, object));
}
json released(const json& object) { return object.patch(release_patch(object)); }

bool held(const json& object) {
  return read_gated(object).held.has_value() && object["spec"].value("paused", false);
}

// What a manifest that is written whole again (kubectl replace) looks like on arrival.
json put(const std::string& version) { return deployment(version); }

TEST(Gate, HoldsANewDeployment) { EXPECT_TRUE(held(created(deployment("v1")))); }

TEST(Gate, LeavesAnUnlabelledDeploymentAlone) {
  json object = deployment("v1");
  object["metadata"].erase("labels");
  EXPECT_TRUE(judge_create(object).empty());
  EXPECT_TRUE(judge_update(object, with_version(object, "v2")).empty());
}

TEST(Gate, AReleasedDeploymentBearsOneAnnotationAndItsOwnersPaused) {
  const json object = released(created(deployment("v1")));
  EXPECT_FALSE(object["spec"].contains("paused"));
  json expected = deployment("v1");
  expected["metadata"]["annotations"] = {
      {kReleasedAnnotation, read_gated(deployment("v1")).template_hash}};
  EXPECT_EQ(object, expected);
}

TEST(Gate, HoldsAChangedTemplateInTheSameWrite) {
  const json live = released(created(deployment("v1")));
  EXPECT_TRUE(held(updated(live, with_version(live, "v2"))));
}

TEST(Gate, HoldsAChangedTemplateOfADeploymentThatIsOlderThanTheGate) {
  EXPECT_TRUE(held(updated(deployment("v1"), deployment("v2"))));
}

TEST(Gate, LetsAWriteThatKeepsTheTemplatePass) {
  const json live = released(created(deployment("v1")));
  json scaled = live;
  scaled["spec"]["replicas"] = 5;
  EXPECT_TRUE(judge_update(live, scaled).empty());
}

TEST(Gate, APutThatDropsEverythingOfOursStaysHeld) {
  const json live = updated(released(created(deployment("v1"))), put("v2"));
  const json again = updated(live, put("v2"));
  EXPECT_TRUE(held(again));
  EXPECT_EQ(again["metadata"]["annotations"], live["metadata"]["annotations"]);
}

TEST(Gate, APutOfTheReleasedTemplateKeepsTheAnnotation) {
  const json live = released(created(deployment("v1")));
  EXPECT_EQ(updated(live, put("v1")), live);
}

TEST(Gate, LetsGoInTheWriteThatBringsTheReleasedTemplateBack) {
  const json live = released(created(deployment("v1")));
  const json changed = updated(live, put("v2"));
  EXPECT_EQ(updated(changed, put("v1")), live);
  EXPECT_EQ(updated(changed, with_version(changed, "v1")), live);
}

TEST(Gate, ADeploymentThatWasNeverReleasedIsNotLetGoByARepeatedWrite) {
  const json live = created(deployment("v1"));
  EXPECT_TRUE(held(updated(live, put("v1"))));
}

TEST(Gate, AUserWhoUnpausesIsOverruled) {
  const json live = updated(released(created(deployment("v1"))), put("v2"));
  json resumed = live;
  resumed["spec"]["paused"] = false;
  EXPECT_TRUE(held(updated(live, resumed)));
}

TEST(Gate, AUserCannotForgeTheReleasedHash) {
  const json live = updated(released(created(deployment("v1"))), put("v2"));
  json forged = live;
  forged["metadata"]["annotations"][kReleasedAnnotation] = read_gated(live).template_hash;
  forged["metadata"]["annotations"].erase(kHeldAnnotation);
  forged["spec"].erase("paused");
  EXPECT_EQ(updated(live, forged), live);
}

TEST(Gate, TheOwnersPausedStaysTheOwners) {
  const json live = created(with_paused(deployment("v1")));
  EXPECT_TRUE(held(live));
  EXPECT_EQ(released(live)["spec"]["paused"], true);
  EXPECT_FALSE(read_gated(released(live)).held.has_value());
}

TEST(Gate, AnOwnerWhoPausesWhileHeldStaysPaused) {
  const json live = updated(released(created(deployment("v1"))), put("v2"));
  const json paused = updated(live, with_owner_of_paused(live, "kubectl"));
  EXPECT_EQ(released(paused)["spec"]["paused"], true);
}

TEST(Gate, AnOwnerOfPausedFalseIsNotTakenForOneOfTrue) {
  // The manifest says `paused: false` and owns it; admission made it true; somebody else writes.
  const json live =
      with_owner_of_paused(updated(released(created(deployment("v1"))), put("v2")), "argocd");
  json scaled = live;
  scaled["spec"]["replicas"] = 5;
  EXPECT_FALSE(released(updated(live, scaled))["spec"].contains("paused"));
}

TEST(Gate, ADeploymentThatLosesItsLabelIsItsOwnersAgain) {
  const json live = updated(released(created(deployment("v1"))), put("v2"));
  json unlabelled = live;
  unlabelled["metadata"].erase("labels");
  json expected = deployment("v2");
  expected["metadata"].erase("labels");
  expected["metadata"]["annotations"] = json::object();
  EXPECT_EQ(updated(live, unlabelled), expected);
}

TEST(Gate, AnExportedManifestOfAHeldDeploymentIsNotTakenForPausedByItsOwner) {
  const json exported = updated(released(created(deployment("v1"))), put("v2"));
  const json copy = created(exported);
  EXPECT_TRUE(held(copy));
  EXPECT_FALSE(read_gated(copy).released.has_value());
  EXPECT_FALSE(released(copy)["spec"].contains("paused"));
}

TEST(Gate, RestoreLeavesNoTrace) {
  json expected = deployment("v2");
  expected["metadata"]["annotations"] = json::object();
  const json live = updated(released(created(deployment("v1"))), put("v2"));
  EXPECT_EQ(live.patch(restore_patch(live)), expected);
  EXPECT_TRUE(restore_patch(deployment("v1")).empty());
}

TEST(Gate, ThePatchesOfTheControllerTestTheVersion) {
  const json live = created(deployment("v1"));
  for (const json& patch : {release_patch(live), restore_patch(live)}) {
    EXPECT_EQ(patch.at(0).at("op"), "test");
    EXPECT_EQ(patch.at(0).at("path"), "/metadata/resourceVersion");
    EXPECT_EQ(patch.at(0).at("value"), "7");
  }
}

TEST(Gate, WhatIsNoDeploymentIsNoTrouble) {
  for (const json& odd : {json(), json(1), json::array(), json{{"metadata", "x"}, {"spec", 3}}}) {
    EXPECT_TRUE(judge_create(odd).empty());
    EXPECT_TRUE(judge_update(odd, odd).empty());
  }
}

}  // namespace
}  // namespace sluice::rollout
