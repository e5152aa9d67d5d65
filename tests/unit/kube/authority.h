// Certificates for a test's server and clients.
#pragma once

#include <memory>
#include <string>

namespace sluice::kube::testing {

struct Identity {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

// A certificate authority that lives as long as the object.
class Authority {
 public:
  Authority();
  ~Authority();

  std::string certificate() const;
  // For a server of that DNS name (127.0.0.1 is in it too when the name is localhost), or a client
  // of that common name.
  Identity issue(const std::string& name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::kube::testing
