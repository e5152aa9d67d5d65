#include "kube/client.h"

#include <algorithm>
#include <cctype>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "kube/path.h"
#include "kube/transport.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr int kPageSize = 500;
constexpr std::chrono::seconds kLongestWait{5};

json parse(const Response& response, const Request& request) {
  json body = json::parse(response.body, nullptr, false);
  if (body.is_discarded())
    throw Error(ErrorKind::Failed, "BadAnswer",
                request.method + " " + request.path_and_query + ": the answer is no JSON");
  return body;
}

// What a Status object says, or the beginning of whatever came in its place.
std::string message_of(const Response& response) {
  const json status = json::parse(response.body, nullptr, false);
  if (status.is_object() && status.contains("message") && status["message"].is_string())
    return status["message"];
  return base::truncate_utf8(response.body, 200);
}

bool tests_version(const Request& request) {
  return request.method == "PATCH" &&
         request.body.find("/metadata/resourceVersion") != std::string::npos;
}

Error error_of(const Request& request, const Response& response) {
  const std::string message = message_of(response);
  const auto error = [&](ErrorKind kind, const char* reason) {
    return Error(kind, reason,
                 request.method + " " + request.path_and_query + ": " +
                     std::to_string(response.status) + " " + message);
  };
  switch (response.status) {
    case 409:
      return error(ErrorKind::Conflict, request.method == "POST" ? "AlreadyExists" : "Conflict");
    case 410:
      return error(ErrorKind::Gone, "Expired");
    case 401:
    case 403:
      return error(ErrorKind::Refused, "Forbidden");
    case 400:
    case 422:
      // The API server answers a failed test of a JSON patch as an invalid request.
      if (tests_version(request) && (message.find("test") != std::string::npos ||
                                     message.find("rejected our request") != std::string::npos))
        return error(ErrorKind::Conflict, "Conflict");
      return error(ErrorKind::Invalid, "Invalid");
    case 408:
    case 429:
      return error(ErrorKind::Transient, "Busy");
    default:
      return response.status >= 500 ? error(ErrorKind::Transient, "ApiServerError")
                                    : error(ErrorKind::Failed, "Failed");
  }
}

// One exchange; a server that asks to be left alone for a moment gets that moment, once.
Response exchange(Transport& transport, const Request& request) {
  Response response = transport.send(request);
  if (response.status == 429) {
    std::this_thread::sleep_for(
        std::min(response.retry_after.value_or(std::chrono::seconds(1)), kLongestWait));
    response = transport.send(request);
  }
  return response;
}

json succeed(Transport& transport, const Request& request) {
  const Response response = exchange(transport, request);
  if (response.status < 200 || response.status > 299) throw error_of(request, response);
  return parse(response, request);
}

std::optional<json> succeed_or_missing(Transport& transport, const Request& request) {
  const Response response = exchange(transport, request);
  if (response.status == 404) return std::nullopt;
  if (response.status < 200 || response.status > 299) throw error_of(request, response);
  return parse(response, request);
}

}  // namespace

Client::Client(std::shared_ptr<Transport> transport) : transport_(std::move(transport)) {}
Client::~Client() = default;

std::optional<json> Client::get(const Resource& resource, const Address& at) {
  return succeed_or_missing(*transport_, {"GET", path(resource, at)});
}

json Client::create(const Resource& resource, const std::string& name_space, const json& object) {
  return succeed(*transport_, {"POST", path(resource, {name_space, ""}), object.dump()});
}

std::optional<json> Client::patch(const Resource& resource, const Address& at,
                                  const json& operations) {
  return succeed_or_missing(
      *transport_, {"PATCH", path(resource, at), operations.dump(), "application/json-patch+json"});
}

json Client::apply(const Resource& resource, const Address& at, const json& object,
                   std::string_view field_manager) {
  return succeed(*transport_,
                 {"PATCH", path(resource, at) + "?force=true&fieldManager=" + escape(field_manager),
                  object.dump(), "application/apply-patch+yaml"});
}

json Client::replace(const Resource& resource, const Address& at, const json& object) {
  return succeed(*transport_, {"PUT", path(resource, at), object.dump()});
}

bool Client::remove(const Resource& resource, const Address& at) {
  return succeed_or_missing(*transport_,
                            {"DELETE", path(resource, at), R"({"propagationPolicy":"Background"})"})
      .has_value();
}

std::string Client::list(const Resource& resource, const std::string& name_space,
                         std::string_view label_selector,
                         const std::function<void(const json&)>& each) {
  std::string next;
  while (true) {
    std::string query = "?limit=" + std::to_string(kPageSize);
    if (!label_selector.empty()) query += "&labelSelector=" + escape(label_selector);
    if (!next.empty()) query += "&continue=" + escape(next);
    const json page = succeed(*transport_, {"GET", path(resource, {name_space, ""}) + query});
    for (const json& object : page.at("items")) each(object);
    const json& metadata = page.at("metadata");
    next = metadata.value("continue", "");
    if (next.empty()) return metadata.value("resourceVersion", "");
  }
}

}  // namespace sluice::kube
