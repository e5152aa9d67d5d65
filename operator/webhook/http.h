// What a handler of the server gets and gives.
#pragma once

#include <functional>
#include <string>

namespace sluice::webhook {

struct Request {
  std::string method;  // as sent: "POST"
  std::string path;    // without the query (the API server appends ?timeout=10s)
  std::string body;
};

struct Reply {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
};

// Runs on the server's only thread, so it must not wait for anything.
using Handler = std::function<Reply(const Request&)>;

}  // namespace sluice::webhook
