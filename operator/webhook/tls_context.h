// The TLS settings of the server's side.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

namespace sluice::webhook {

// Throws base::Error{Invalid, "BadCertificate"}; it names no key.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const std::string& chain,
                                                            const std::string& key);

}  // namespace sluice::webhook
