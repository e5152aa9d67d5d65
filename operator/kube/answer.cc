#include "kube/answer.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "base/text.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr std::chrono::seconds kLongestWait{5};

std::string text_at(const json& object, const char* name) {
  const auto value = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && value != object.end() && value->is_string()
             ? value->get<std::string>()
             : std::string();
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool has_test(const Request& request) {
  if (request.content_type != "application/json-patch+json") return false;
  const json operations = json::parse(request.body, nullptr, false);
  return operations.is_array() &&
         std::any_of(operations.begin(), operations.end(),
                     [](const json& operation) { return text_at(operation, "op") == "test"; });
}

// The API server has no status of its own for a JSON patch whose test failed. Depending on its
// version it says so in the message, or only that the request was in error; an object that would be
// invalid is named in the details instead.
bool is_failed_test(const Request& request, const json& status, const std::string& message) {
  if (!has_test(request)) return false;
  const std::string said = lower(message);
  if (said.find("testing ") != std::string::npos || said.find("test failed") != std::string::npos)
    return true;
  return said.find("the server rejected our request") != std::string::npos &&
         text_at(status.value("details", json::object()), "name").empty();
}

std::string conflict_reason(const Request& request, const json& status) {
  const std::string reason = text_at(status, "reason");
  if (!reason.empty()) return reason;
  return request.method == "POST" ? "AlreadyExists" : "Conflict";
}

}  // namespace

Response exchange(Transport& transport, const Request& request) {
  Response response = transport.send(request);
  const auto wait = response.retry_after.value_or(std::chrono::seconds(1));
  if (response.status != 429 || wait > kLongestWait) return response;
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, request.stop, wait, [] { return false; });
  return transport.send(request);
}

bool succeeded(const Response& response) {
  return response.status >= 200 && response.status <= 299;
}

Error error_of(const Request& request, const Response& response) {
  json status = json::parse(response.body, nullptr, false);
  if (!status.is_object()) status = json::object();
  std::string message = text_at(status, "message");
  if (message.empty()) message = response.body;
  const auto error = [&](ErrorKind kind, std::string reason) {
    return Error(kind, std::move(reason),
                 request.method + " " + request.path_and_query + ": " +
                     std::to_string(response.status) + " " + base::truncate_utf8(message, 512));
  };
  switch (response.status) {
    case 400:
    case 422:
      return is_failed_test(request, status, message) ? error(ErrorKind::Conflict, "Conflict")
                                                      : error(ErrorKind::Invalid, "Invalid");
    case 401:
      return error(ErrorKind::Refused, "Unauthorized");
    case 403:
      return error(ErrorKind::Refused, "Forbidden");
    case 404:
      return error(ErrorKind::Failed, "NotFound");
    case 409:
      return error(ErrorKind::Conflict, conflict_reason(request, status));
    case 410:
      return error(ErrorKind::Gone, "Expired");
    case 429:
      return error(ErrorKind::Transient, "TooManyRequests");
    default:
      return response.status >= 500 ? error(ErrorKind::Transient, "ServerError")
                                    : error(ErrorKind::Failed, "UnexpectedStatus");
  }
}

json parse_answer(const Request& request, const Response& response) {
  json body = json::parse(response.body, nullptr, false);
  if (!body.is_object())
    throw Error(ErrorKind::Failed, "BadAnswer",
                request.method + " " + request.path_and_query + ": the answer is no JSON object");
  return body;
}

}  // namespace sluice::kube
