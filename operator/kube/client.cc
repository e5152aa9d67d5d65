#include "kube/client.h"

#include <utility>

#include "kube/answer.h"
#include "kube/list.h"
#include "kube/path.h"
#include "kube/transport.h"

namespace sluice::kube {
namespace {

using nlohmann::json;

constexpr const char* kJson = "application/json";

json need(Transport& transport, const Request& request) {
  const Response response = exchange(transport, request);
  if (!succeeded(response)) throw error_of(request, response);
  return parse_answer(request, response);
}

std::optional<json> find(Transport& transport, const Request& request) {
  const Response response = exchange(transport, request);
  if (response.status == 404) return std::nullopt;
  if (!succeeded(response)) throw error_of(request, response);
  return parse_answer(request, response);
}

// A text that is no UTF-8 is the server's to refuse.
std::string to_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Client::Client(std::shared_ptr<Transport> transport) : transport_(std::move(transport)) {}
Client::~Client() = default;

std::optional<json> Client::get(const Resource& resource, const Address& at) {
  return find(*transport_, {.method = "GET", .path_and_query = object_path(resource, at)});
}

json Client::create(const Resource& resource, const std::string& name_space, const json& object) {
  return need(*transport_, {.method = "POST",
                            .path_and_query = collection_path(resource, name_space),
                            .body = to_text(object),
                            .content_type = kJson});
}

std::optional<json> Client::patch(const Resource& resource, const Address& at,
                                  const json& operations) {
  return find(*transport_, {.method = "PATCH",
                            .path_and_query = object_path(resource, at),
                            .body = to_text(operations),
                            .content_type = "application/json-patch+json"});
}

json Client::apply(const Resource& resource, const Address& at, const json& object,
                   std::string_view field_manager) {
  return need(*transport_, {.method = "PATCH",
                            .path_and_query = object_path(resource, at) +
                                              "?force=true&fieldManager=" + escape(field_manager),
                            .body = to_text(object),
                            .content_type = "application/apply-patch+yaml"});
}

json Client::replace(const Resource& resource, const Address& at, const json& object) {
  return need(*transport_, {.method = "PUT",
                            .path_and_query = object_path(resource, at),
                            .body = to_text(object),
                            .content_type = kJson});
}

bool Client::remove(const Resource& resource, const Address& at) {
  return find(*transport_,
              {.method = "DELETE",
               .path_and_query = object_path(resource, at) + "?propagationPolicy=Background"})
      .has_value();
}

std::string Client::list(const Resource& resource, const std::string& name_space,
                         std::string_view label_selector,
                         const std::function<void(const json&)>& each) {
  return list_all(*transport_, resource, name_space, label_selector, {each, [] {}}, {});
}

}  // namespace sluice::kube
