#include "webhook/admission.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "base/base64.h"
#include "base/error.h"
#include "base/json_field.h"
#include "base/logging.h"

namespace sluice::webhook {
namespace {

using base::JsonField;
using nlohmann::json;

constexpr std::string_view kKind = "AdmissionReview";
constexpr std::string_view kVersion = "admission.k8s.io/v1";
constexpr std::array<std::string_view, 4> kOperations{"CREATE", "UPDATE", "DELETE", "CONNECT"};
// Copying, comparing and printing a JSON value recurse, so its depth must be bounded before a
// judge sees it. No workload nests anywhere near this deep.
constexpr size_t kMaxDepth = 200;

constexpr std::string_view kReason = "BadReview";
constexpr std::string_view kDocument = "the AdmissionReview";

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
  // The parser's own message would quote the body.
  std::string flaw = "is nested too deeply";
  try {
    if (!deeper_than(body, kMaxDepth)) return json::parse(body);
  } catch (const json::parse_error& error) {
    flaw = "is broken JSON at byte " + std::to_string(error.byte);
  } catch (const json::out_of_range&) {
    flaw = "holds a number that is out of range";
  }
  JsonField(nullptr, {}, kReason, kDocument).refuse(flaw);
}

std::string text(const JsonField& from, std::string_view name) {
  const auto field = from.find(name);
  return field ? field->text() : std::string();
}

const json* object(const JsonField& from, const json& request, const char* name) {
  const auto field = from.find(name);
  if (!field) return nullptr;
  const json& value = request.at(name);
  if (!value.is_object()) field->refuse("must be an object");
  return &value;
}

AdmissionRequest read_request(const JsonField& from, const json& request) {
  AdmissionRequest result;
  const JsonField operation = from.at("operation");
  result.operation = operation.text();
  if (std::find(kOperations.begin(), kOperations.end(), result.operation) == kOperations.end())
    operation.refuse("is unknown");
  result.kind = from.at("kind").at("kind").filled_text();
  result.name_space = text(from, "namespace");
  result.name = text(from, "name");
  result.subresource = text(from, "subResource");
  if (const auto user = from.find("userInfo")) result.user = text(*user, "username");
  if (const auto dry_run = from.find("dryRun")) result.dry_run = dry_run->boolean();
  result.object = object(from, request, "object");
  result.old_object = object(from, request, "oldObject");
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
    response["patch"] = base::to_base64(dump(verdict.patch));
  }
  if (!verdict.warnings.empty()) response["warnings"] = verdict.warnings;
  return response;
}

}  // namespace

std::string review(const std::string& body, const Judge& judge) {
  const json incoming = parse(body);
  const JsonField document(incoming, {}, kReason, kDocument);
  for (const auto& [name, expected] : {std::pair("kind", kKind), std::pair("apiVersion", kVersion)})
    if (document.at(name).text() != expected)
      document.at(name).refuse("must be " + std::string(expected));
  const JsonField request = document.at("request");
  const std::string uid = request.at("uid").filled_text();
  const Verdict verdict = judge_safely(read_request(request, incoming.at("request")), judge);
  return dump({{"apiVersion", kVersion}, {"kind", kKind}, {"response", to_response(uid, verdict)}});
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
