// X.509 for the webhook, by OpenSSL, in PEM. Private keys are PKCS#8 without a passphrase and
// appear in no error. Pure but for the randomness of new keys and serials; thread safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace sluice::webhook {

struct KeyPair {
  std::string certificate;
  std::string key;
};

// Both ends are inclusive.
struct Validity {
  base::Timestamp from;
  base::Timestamp until;
};

inline constexpr auto kAuthorityLife = std::chrono::days(3650);
inline constexpr auto kServingLife = std::chrono::days(365);
// Certificates are valid from this long before they are made, for peers whose clock is behind.
inline constexpr auto kBackdated = std::chrono::days(1);

// A self-signed authority (ECDSA P-256) that may sign leaves only.
KeyPair make_authority(base::Timestamp now);
// A certificate for a TLS server with these DNS names (lower case), at least one. Throws
// base::Error{Invalid, "BadCertificate"} for other names or an authority that cannot be read.
KeyPair make_serving(const KeyPair& authority, const std::vector<std::string>& names,
                     base::Timestamp now);

// Each certificate of a PEM text by itself, up to the first broken one; keys and comments are left
// out.
std::vector<std::string> split_chain(const std::string& pem);

// What follows looks at the first certificate of a PEM text; garbage is never valid, never matches.
std::optional<Validity> validity(const std::string& pem);
std::vector<std::string> dns_names(const std::string& pem);  // sorted
bool is_authority(const std::string& pem);
bool is_for_servers(const std::string& pem);
bool matches_key(const std::string& pem, const std::string& key);
bool is_issued_by(const std::string& pem, const std::string& authority);

}  // namespace sluice::webhook
