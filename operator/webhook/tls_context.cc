#include "webhook/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>

#include "base/error.h"

namespace sluice::webhook {
namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> make_tls_context(const std::string& chain, const std::string& key) {
  ERR_clear_error();
  try {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    // The API server keeps its connections; sessions to resume would only cost memory.
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(native, 0);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    // Without it OpenSSL asks on the terminal for the passphrase of an encrypted key.
    context->set_password_callback([](size_t, ssl::context::password_purpose) { return ""; });
    context->use_certificate_chain(boost::asio::buffer(chain));
    context->use_private_key(boost::asio::buffer(key), ssl::context::pem);
    return context;
  } catch (const boost::system::system_error& error) {
    ERR_clear_error();
    throw base::Error(base::ErrorKind::Invalid, "BadCertificate",
                      std::string("the certificate cannot be served: ") + error.what());
  }
}

}  // namespace sluice::webhook
