#include "kube/list.h"

#include <algorithm>
#include <utility>

#include "kube/answer.h"
#include "kube/decode.h"
#include "kube/path.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;

constexpr int kPageSize = 500;
constexpr int kMaxRestarts = 5;  // in a row; then the error is the caller's

}  // namespace

std::string list_all(Transport& transport, const Resource& resource, const std::string& name_space,
                     std::string_view label_selector, const ListReceiver& receiver,
                     std::stop_token stop) {
  const std::string path = collection_path(resource, name_space);
  const std::string selector =
      label_selector.empty() ? "" : "&labelSelector=" + escape(label_selector);
  std::string next;
  int limit = kPageSize;
  int restarts = 0;
  while (true) {
    const Request request{.method = "GET",
                          .path_and_query = path + "?limit=" + std::to_string(limit) + selector +
                                            (next.empty() ? "" : "&continue=" + escape(next)),
                          .stop = stop};
    try {
      const Response response = exchange(transport, request);
      if (!succeeded(response)) throw error_of(request, response);
      ListPage page = decode_page(response.body, receiver.each);
      if (page.next.empty()) return page.resource_version;
      next = std::move(page.next);
    } catch (const Error& error) {
      if (error.reason() == "ResponseTooLarge" && limit > 1) {
        limit = std::max(1, limit / 5);
      } else if (error.kind() == ErrorKind::Gone && !next.empty() && restarts++ < kMaxRestarts) {
        next.clear();
        receiver.restarts();
      } else {
        throw;
      }
    }
  }
}

}  // namespace sluice::kube
