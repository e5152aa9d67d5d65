#include "rollout/gate.h"

#include <set>

#include "base/digest.h"
#include "base/json_read.h"

namespace sluice::rollout {
namespace {

using base::member;
using base::text;
using nlohmann::json;

const json& pod_template(const json& deployment) {
  return member(member(deployment, "spec"), "template");
}

std::string pointer_to_annotation(const char* name) {
  std::string escaped;
  for (const char* c = name; *c != '\0'; ++c) {
    if (*c == '/')
      escaped += "~1";
    else
      escaped += *c;
  }
  return "/metadata/annotations/" + escaped;
}

// Collects operations; an annotation or field that is as wanted already gets none.
class PatchWriter {
 public:
  explicit PatchWriter(const json& object) : object_(object) {}

  void set_annotation(const char* name, const std::optional<std::string>& value) {
    const json& annotations = member(member(object_, "metadata"), "annotations");
    const json& present = member(annotations, name);
    if (!value) {
      if (!present.is_null())
        operations_.push_back({{"op", "remove"}, {"path", pointer_to_annotation(name)}});
    } else if (present != *value) {
      if (!annotations.is_object() && !created_annotations_) {
        operations_.push_back(
            {{"op", "add"}, {"path", "/metadata/annotations"}, {"value", json::object()}});
        created_annotations_ = true;
      }
      operations_.push_back(
          {{"op", "add"}, {"path", pointer_to_annotation(name)}, {"value", *value}});
    }
  }

  void set_paused(bool paused) {
    const json& present = member(member(object_, "spec"), "paused");
    if (paused && present != true)
      operations_.push_back({{"op", "add"}, {"path", "/spec/paused"}, {"value", true}});
    else if (!paused && present == true)
      operations_.push_back({{"op", "remove"}, {"path", "/spec/paused"}});
  }

  // The operations after a test on the resourceVersion; empty stays empty.
  json tested() const {
    if (operations_.empty()) return operations_;
    json all = json::array({{{"op", "test"},
                             {"path", "/metadata/resourceVersion"},
                             {"value", text(member(object_, "metadata"), "resourceVersion")}}});
    all.insert(all.end(), operations_.begin(), operations_.end());
    return all;
  }

  json untested() const { return operations_; }

 private:
  const json& object_;
  json operations_ = json::array();
  bool created_annotations_ = false;
};

// The managers that own spec.paused. A value that admission set is nobody's.
std::set<std::string> owners_of_paused(const json& object) {
  std::set<std::string> owners;
  for (const json& entry : member(member(object, "metadata"), "managedFields"))
    if (member(member(entry, "fieldsV1"), "f:spec").contains("f:paused"))
      owners.insert(text(entry, "manager") + "/" + text(entry, "operation"));
  return owners;
}

// While an object is held its `paused: true` is ours, unless this very write made somebody its
// owner.
bool owner_paused(const json& before, const Gated& held, const json& object, const Gated& now) {
  if (!held.held || !now.paused) return now.paused;
  const std::set<std::string> earlier = owners_of_paused(before);
  for (const std::string& owner : owners_of_paused(object))
    if (!earlier.contains(owner)) return true;
  return *held.held;
}

json marks(const json& object, bool hold, bool owners, std::optional<std::string> released) {
  PatchWriter patch(object);
  patch.set_annotation(kReleasedAnnotation, released);
  patch.set_annotation(kHeldAnnotation,
                       hold ? std::optional(std::string(owners ? "true" : "false")) : std::nullopt);
  patch.set_paused(hold || owners);
  return patch.untested();
}

}  // namespace

Gated read_gated(const json& deployment) {
  const json& metadata = member(deployment, "metadata");
  const json& annotations = member(metadata, "annotations");
  Gated gated;
  gated.labelled = text(member(metadata, "labels"), kGatedLabel) == "true";
  gated.paused = member(member(deployment, "spec"), "paused") == true;
  if (!member(annotations, kHeldAnnotation).is_null())
    gated.held = text(annotations, kHeldAnnotation) == "true";
  if (!member(annotations, kReleasedAnnotation).is_null())
    gated.released = text(annotations, kReleasedAnnotation);
  const json& pods = pod_template(deployment);
  gated.template_hash =
      base::sha256(pods.dump(-1, ' ', false, json::error_handler_t::replace)).substr(0, 16);
  gated.requires_revision =
      text(member(member(pods, "metadata"), "annotations"), kRequiresAnnotation);
  return gated;
}

json judge_create(const json& object) {
  const Gated now = read_gated(object);
  if (!now.labelled) return json::array();
  // A manifest that was exported while held still says what its owner had written.
  return marks(object, true, now.held.value_or(now.paused), std::nullopt);
}

json judge_update(const json& before, const json& object) {
  const Gated was = read_gated(before);
  const Gated now = read_gated(object);
  const bool owners = owner_paused(before, was, object, now);
  if (!now.labelled)
    return was.labelled || was.held ? marks(object, false, owners, std::nullopt) : json::array();
  if (was.held) return marks(object, was.released != now.template_hash, owners, was.released);
  // Not held: the template that stands is the one that runs, whoever started it.
  if (pod_template(before) != pod_template(object))
    return marks(object, true, owners, was.template_hash);
  return marks(object, false, owners, was.released);
}

json release_patch(const json& deployment) {
  const Gated now = read_gated(deployment);
  PatchWriter patch(deployment);
  patch.set_annotation(kReleasedAnnotation, now.template_hash);
  patch.set_annotation(kHeldAnnotation, std::nullopt);
  patch.set_paused(now.held.value_or(now.paused));
  return patch.tested();
}

json restore_patch(const json& deployment) {
  const Gated now = read_gated(deployment);
  PatchWriter patch(deployment);
  patch.set_annotation(kReleasedAnnotation, std::nullopt);
  patch.set_annotation(kHeldAnnotation, std::nullopt);
  patch.set_paused(now.held.value_or(now.paused));
  return patch.tested();
}

}  // namespace sluice::rollout
