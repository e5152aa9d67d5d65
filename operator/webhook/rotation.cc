#include "webhook/rotation.h"

#include <algorithm>

namespace sluice::webhook {
namespace {

bool is_valid(const std::string& certificate, base::Timestamp now) {
  const auto valid = validity(certificate);
  return valid && valid->from <= now && now <= valid->until;
}

// The checks answer with a flaw, or nothing.
std::string life_flaw(const std::string& certificate, base::Timestamp now) {
  const auto valid = validity(certificate);
  if (!valid) return "cannot be read";
  if (now < valid->from) return "is not valid yet";
  if (now > valid->until) return "has expired";
  if (valid->until - now <= (valid->until - valid->from) / 3) return "expires soon";
  return {};
}

std::string authority_flaw(const Material& seen, base::Timestamp now) {
  if (seen.authorities.empty()) return "is missing";
  if (std::string flaw = life_flaw(seen.authorities, now); !flaw.empty()) return flaw;
  if (!is_authority(seen.authorities)) return "may not sign certificates";
  if (!matches_key(seen.authorities, seen.authority_key)) return "has another key";
  return {};
}

std::string serving_flaw(const Material& seen, std::vector<std::string> names,
                         base::Timestamp now) {
  if (seen.certificate.empty()) return "is missing";
  if (std::string flaw = life_flaw(seen.certificate, now); !flaw.empty()) return flaw;
  if (!is_issued_by(seen.certificate, seen.authorities)) return "is of another authority";
  if (!matches_key(seen.certificate, seen.key)) return "has another key";
  if (!is_for_servers(seen.certificate)) return "is not for servers";
  std::sort(names.begin(), names.end());
  if (dns_names(seen.certificate) != names) return "has other names";
  return {};
}

}  // namespace

std::vector<std::string> service_names(const std::string& service, const std::string& name_space) {
  const std::string full = service + "." + name_space + ".svc";
  return {service, service + "." + name_space, full, full + ".cluster.local"};
}

Decision decide(const Material& seen, const std::vector<std::string>& names, base::Timestamp now) {
  if (const std::string flaw = authority_flaw(seen, now); !flaw.empty())
    return {Action::RenewAll, "the authority " + flaw};
  if (const std::string flaw = serving_flaw(seen, names, now); !flaw.empty())
    return {Action::RenewServing, "the serving certificate " + flaw};
  return {Action::Keep, {}};
}

Material renew(const Material& seen, Action action, const std::vector<std::string>& names,
               base::Timestamp now) {
  if (action == Action::Keep) return seen;
  Material fresh = seen;
  if (action == Action::RenewAll) {
    const KeyPair authority = make_authority(now);
    fresh.authorities = authority.certificate;
    fresh.authority_key = authority.key;
    for (const std::string& older : split_chain(seen.authorities)) {
      if (!is_authority(older) || !is_valid(older, now)) continue;
      fresh.authorities += older;
      break;
    }
  }
  const KeyPair serving = make_serving({fresh.authorities, fresh.authority_key}, names, now);
  fresh.certificate = serving.certificate;
  fresh.key = serving.key;
  return fresh;
}

bool is_trusted(const std::string& certificate, const std::string& authorities,
                base::Timestamp now) {
  if (!is_valid(certificate, now)) return false;
  const std::vector<std::string> trusted = split_chain(authorities);
  return std::any_of(trusted.begin(), trusted.end(), [&](const std::string& authority) {
    return is_valid(authority, now) && is_issued_by(certificate, authority);
  });
}

}  // namespace sluice::webhook
