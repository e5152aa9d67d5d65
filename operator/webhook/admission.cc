#include "webhook/admission.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "base/error.h"
#include "base/logging.h"
#include "webhook/base64.h"

namespace sluice::webhook {
namespace {

using nlohmann::json;

constexpr std::string_view kVersion = "admission.k8s.io/v1";
constexpr std::array<std::string_view, 4> kOperations{"CREATE", "UPDATE", "DELETE", "CONNECT"};
// Copying, comparing and printing a JSON value recurse, so its depth must be bounded before a
// judge sees it. No workload nests anywhere near this deep.
constexpr size_t kMaxDepth = 200;

[[noreturn]] void refuse(const std::string& flaw) {
  throw base::Error(base::ErrorKind::Invalid, "BadReview", "not an AdmissionReview v1: " + flaw);
}

bool deeper_than(std::string_view text, size_t limit) {
  size_t depth = 0;
  bool quoted = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') quoted = !quoted;
    if (quoted) {
      if (c == '\\') ++at;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

json parse(const std::string& body) {
  if (deeper_than(body, kMaxDepth)) refuse("nested too deeply");
  try {
    return json::parse(body);
  } catch (const json::parse_error& error) {
    refuse("broken JSON at byte " + std::to_string(error.byte));
  }
}

// The member, or null. A member that is there must have the type.
const json* member(const json& object, const char* name, json::value_t type) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return nullptr;
  if (found->type() != type) refuse(std::string(name) + " is a " + found->type_name());
  return &*found;
}

std::string text(const json& object, const char* name) {
  const json* value = member(object, name, json::value_t::string);
  return value == nullptr ? "" : value->get<std::string>();
}

std::string required_text(const json& object, const char* name) {
  std::string value = text(object, name);
  if (value.empty()) refuse(std::string("it has no ") + name);
  return value;
}

AdmissionRequest read_request(const json& request) {
  AdmissionRequest result;
  result.operation = required_text(request, "operation");
  if (std::find(kOperations.begin(), kOperations.end(), result.operation) == kOperations.end())
    refuse("the operation is unknown");
  const json* kind = member(request, "kind", json::value_t::object);
  if (kind == nullptr) refuse("it has no kind");
  result.kind = required_text(*kind, "kind");
  result.name_space = text(request, "namespace");
  result.name = text(request, "name");
  result.subresource = text(request, "subResource");
  if (const json* user = member(request, "userInfo", json::value_t::object))
    result.user = text(*user, "username");
  if (const json* dry_run = member(request, "dryRun", json::value_t::boolean))
    result.dry_run = dry_run->get<bool>();
  result.object = member(request, "object", json::value_t::object);
  result.old_object = member(request, "oldObject", json::value_t::object);
  return result;
}

Verdict judge_safely(const AdmissionRequest& request, const Judge& judge) {
  std::string error;
  try {
    return judge(request);
  } catch (const base::Error& thrown) {
    error = thrown.what();
  } catch (const std::exception& thrown) {
    // A library's message may quote the object.
    error = std::string("internal error, ") + typeid(thrown).name();
  }
  base::log(base::Level::Error, "a write could not be judged",
            {{"kind", request.kind},
             {"namespace", request.name_space},
             {"name", request.name},
             {"error", error}});
  return {.allowed = false,
          .message = "Sluice could not judge this write: " + error,
          .patch = json::array(),
          .code = 500};
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json to_response(const std::string& uid, const Verdict& verdict) {
  json response{{"uid", uid}, {"allowed", verdict.allowed}};
  if (!verdict.allowed) {
    response["status"] = {{"code", verdict.code}, {"message", verdict.message}};
  } else if (!verdict.patch.empty()) {
    response["patchType"] = "JSONPatch";
    response["patch"] = encode_base64(dump(verdict.patch));
  }
  if (!verdict.warnings.empty()) response["warnings"] = verdict.warnings;
  return response;
}

}  // namespace

std::string review(const std::string& body, const Judge& judge) {
  const json incoming = parse(body);
  if (!incoming.is_object()) refuse("it is no JSON object");
  if (text(incoming, "kind") != "AdmissionReview") refuse("the kind is another");
  if (text(incoming, "apiVersion") != kVersion) refuse("the apiVersion is another");
  const json* request = member(incoming, "request", json::value_t::object);
  if (request == nullptr) refuse("it has no request");
  const std::string uid = required_text(*request, "uid");
  const Verdict verdict = judge_safely(read_request(*request), judge);
  return dump({{"apiVersion", kVersion},
               {"kind", "AdmissionReview"},
               {"response", to_response(uid, verdict)}});
}

Reply answer_review(const Request& request, const Judge& judge) {
  if (request.method != "POST") return {.status = 405, .body = "only POST\n"};
  try {
    return {.content_type = "application/json", .body = review(request.body, judge)};
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::Invalid) throw;
    return {.status = 400, .body = std::string(error.what()) + "\n"};
  }
}

}  // namespace sluice::webhook
