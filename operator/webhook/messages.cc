#include "webhook/messages.h"

#include <boost/beast/http/error.hpp>
#include <nlohmann/json.hpp>
#include <typeinfo>
#include <utility>

#include "base/error.h"
#include "base/logging.h"

namespace sluice::webhook {
namespace {

namespace http = boost::beast::http;

Reply handle(const Request& request, const Handler& handler, const char* door) {
  std::string error;
  try {
    return handler(request);
  } catch (const base::Error& thrown) {
    error = thrown.what();
  } catch (const std::exception& thrown) {
    // A library's message may quote the request.
    error = typeid(thrown).name();
  }
  base::log(base::Level::Error, "a request could not be answered",
            {{"door", door}, {"path", request.path}, {"error", error}});
  return {.status = 500, .body = "internal error\n"};
}

HttpResponse to_response(Reply reply, unsigned version, bool keep_alive) {
  HttpResponse response;
  response.version(version);
  response.result(reply.status);
  response.set(http::field::content_type, reply.content_type);
  response.body() = std::move(reply.body);
  response.keep_alive(keep_alive);
  response.prepare_payload();
  return response;
}

}  // namespace

unsigned refusal(const boost::system::error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  return error.category() == http::make_error_code(http::error::bad_method).category() ? 400 : 0;
}

HttpResponse refuse(unsigned status) {
  return to_response({.status = status, .body = "refused\n"}, 11, false);
}

HttpResponse answer(HttpRequest request, const Handler& handler, const char* door) {
  const auto target = request.target();
  const Request ours{std::string(request.method_string()),
                     std::string(target.substr(0, target.find('?'))), std::move(request.body())};
  HttpResponse response =
      to_response(handle(ours, handler, door), request.version(), request.keep_alive());
  if (request.method() == http::verb::head) response.body().clear();  // its Content-Length stays
  return response;
}

}  // namespace sluice::webhook
