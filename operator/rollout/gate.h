// The gate in mode Pause: what becomes of a write to a labelled Deployment, and how one is
// released. Pure; the webhook and the controller share it. Sources: Deployment.spec.paused and the
// order of admission (field managers are computed before mutating webhooks run) are Kubernetes'.
//
// A Deployment carries what the gate knows of it, so that nothing depends on a cache:
//   sluice.dev/released-template   the hash of the pod template last released
//   sluice.dev/held                present while Sluice pauses it; the value is the owner's own
//   `paused`
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace sluice::rollout {

inline constexpr const char* kGatedLabel = "sluice.dev/gated";
inline constexpr const char* kRequiresAnnotation = "sluice.dev/requires";  // on the pod template
inline constexpr const char* kReleasedAnnotation = "sluice.dev/released-template";
inline constexpr const char* kHeldAnnotation = "sluice.dev/held";

// What the gate reads from a Deployment.
struct Gated {
  bool labelled = false;
  bool paused = false;
  std::optional<bool> held;             // the owner's own `paused`, while held
  std::optional<std::string> released;  // hash
  std::string template_hash;
  std::string requires_revision;  // empty: the template asks for nothing
  bool operator==(const Gated&) const = default;
};

Gated read_gated(const nlohmann::json& deployment);

// The JSON patch (RFC 6902; empty: leave it) that admission answers.
// A create is held. An update is held when its template is not the one last released, and let go
// when it is again; the owner's own `paused` and the annotations are carried over from `before`. An
// object that loses the label is let go.
nlohmann::json judge_create(const nlohmann::json& object);
nlohmann::json judge_update(const nlohmann::json& before, const nlohmann::json& object);

// The patches of the controller, each with a test on the resourceVersion.
// Release: the template becomes the last released one, `paused` the owner's again.
nlohmann::json release_patch(const nlohmann::json& deployment);
// Restore: as its owner wrote it, without any trace of the gate. Empty when there is none.
nlohmann::json restore_patch(const nlohmann::json& deployment);

}  // namespace sluice::rollout
