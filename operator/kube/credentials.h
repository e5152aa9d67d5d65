// What proves who we are, and who the server is, for the transport.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>

#include "kube/config.h"

namespace sluice::kube {

// Keeps tokens, certificates and keys parsed, and reads files again when they change. What has
// become unreadable, or is caught halfway through being replaced, leaves the former in use. Thread
// safe.
class Credentials {
 public:
  explicit Credentials(const Config& config);
  ~Credentials();

  // Looks at the files. Throws base::Error{Transient, "CredentialsUnreadable"} while there has been
  // nothing usable yet; no message holds a secret.
  void refresh();

  // Empty: none. As of the last refresh.
  std::string token() const;
  // Puts authorities, certificate and key into a context. As of the last refresh.
  void install(SSL_CTX* context) const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::kube
