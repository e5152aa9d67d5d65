// When the webhook's certificates are replaced, and what by. No I/O and no clock.
//
// An authority's replacement overlaps with it: the old one stays behind the new one in
// `authorities`, so that replicas which still serve a certificate of the old one are believed.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "webhook/certificates.h"

namespace sluice::webhook {

// What the operator's Secret holds, in PEM; each may be empty or garbage.
struct Material {
  std::string authorities;    // ca.crt: the authority that signs, then older ones
  std::string authority_key;  // ca.key
  std::string certificate;    // tls.crt
  std::string key;            // tls.key
  bool operator==(const Material&) const = default;
};

enum class Action { Keep, RenewServing, RenewAll };

struct Decision {
  Action action;
  std::string reason;  // for people; empty for Keep
};

// The DNS names by which an API server may call a Service.
std::vector<std::string> service_names(const std::string& service, const std::string& name_space);

// Renews what has a third of its life left, is not valid yet, or does not fit: another name,
// another authority, another key, garbage.
Decision decide(const Material& seen, const std::vector<std::string>& names, base::Timestamp now);

// New material as decided. Of the older authorities the newest that is valid is kept.
Material renew(const Material& seen, Action action, const std::vector<std::string>& names,
               base::Timestamp now);

// Whether a client that trusts `authorities` accepts the certificate at that time.
bool is_trusted(const std::string& certificate, const std::string& authorities,
                base::Timestamp now);

}  // namespace sluice::webhook
