// Between Beast's HTTP messages and ours.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

#include "webhook/http.h"

namespace sluice::webhook {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpResponse = boost::beast::http::response<boost::beast::http::string_body>;

// The status for a client that sent no acceptable request; 0: none, it is gone or too slow.
unsigned refusal(const boost::system::error_code& error);
// Ends the connection.
HttpResponse refuse(unsigned status);
// What the handler makes of it; 500 when it throws. `door` is for the log.
HttpResponse answer(HttpRequest request, const Handler& handler, const char* door);

}  // namespace sluice::webhook
