#include "kube/credentials.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/logging.h"
#include "base/text.h"

namespace sluice::kube {
namespace {

using base::Error;
using base::ErrorKind;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    kFree(thing);
  }
};
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;

[[noreturn]] void unreadable(const Material& material, const std::string& what) {
  ERR_clear_error();
  const std::string where = material.file.empty() ? "the kubeconfig" : material.file.string();
  throw Error(ErrorKind::Transient, "CredentialsUnreadable", where + ": " + what);
}

std::vector<Certificate> parse_certificates(const Material& from, const std::string& pem) {
  const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<Certificate> all;
  while (X509* one = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) all.emplace_back(one);
  ERR_clear_error();
  if (all.empty()) unreadable(from, "holds no certificate");
  return all;
}

Store parse_authorities(const Material& from, const std::string& pem) {
  Store store(X509_STORE_new());
  for (const Certificate& authority : parse_certificates(from, pem))
    X509_STORE_add_cert(store.get(), authority.get());
  return store;
}

PrivateKey parse_key(const Material& from, const std::string& pem) {
  const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // A passphrase would be asked for on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  PrivateKey key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
  if (!key) unreadable(from, "holds no private key that can be read without a passphrase");
  return key;
}

// One material, and whether its file is still the one that was read.
class Source {
 public:
  explicit Source(Material material) : material_(std::move(material)) {}

  bool changed() const {
    if (material_.file.empty()) return !read_;
    struct stat now {};
    return ::stat(material_.file.c_str(), &now) != 0 || !read_ || !same(now, *read_);
  }

  std::string read() {
    struct stat seen {};
    std::string text = material_.text;
    if (!material_.file.empty()) {
      if (::stat(material_.file.c_str(), &seen) != 0) unreadable(material_, "cannot be read");
      std::ifstream in(material_.file, std::ios::binary);
      text = {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      if (!in || text.empty()) unreadable(material_, "cannot be read, or is empty");
    }
    read_ = seen;
    return text;
  }

  // What was read was of no use: it counts as changed until it is.
  void reject() { read_.reset(); }

  const Material& material() const { return material_; }

 private:
  static bool same(const struct stat& a, const struct stat& b) {
    return a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_size == b.st_size &&
           a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
  }

  Material material_;
  std::optional<struct stat> read_;
};

}  // namespace

struct Credentials::State {
  explicit State(const Config& config)
      : ca(config.ca),
        certificate(config.client_certificate),
        key(config.client_key),
        token(config.token) {}

  void refresh_ca() {
    if (ca.material().given() && ca.changed())
      authorities = parse_authorities(ca.material(), ca.read());
  }

  void refresh_identity() {
    if (!certificate.material().given() || (!certificate.changed() && !key.changed())) return;
    auto new_chain = parse_certificates(certificate.material(), certificate.read());
    auto new_key = parse_key(key.material(), key.read());
    if (X509_check_private_key(new_chain.front().get(), new_key.get()) != 1)
      unreadable(certificate.material(), "does not belong to the client key");
    chain = std::move(new_chain);
    private_key = std::move(new_key);
  }

  void refresh_token() {
    if (!token.material().given() || !token.changed()) return;
    std::string text(base::trim(token.read()));
    for (const char c : text)
      if (c <= ' ' || c > '~') unreadable(token.material(), "is no token");
    if (text.empty()) unreadable(token.material(), "is no token");
    bearer = std::move(text);
  }

  mutable std::mutex mutex;
  Source ca;
  Source certificate;
  Source key;
  Source token;
  Store authorities;
  std::vector<Certificate> chain;
  PrivateKey private_key;
  std::string bearer;
  std::string complaint;
};

Credentials::Credentials(const Config& config) : state_(std::make_unique<State>(config)) {}
Credentials::~Credentials() = default;

void Credentials::refresh() {
  const std::lock_guard lock(state_->mutex);
  const auto attempt = [this](Source& source, bool usable, void (State::*step)()) {
    try {
      (*state_.*step)();
    } catch (const Error& error) {
      source.reject();
      if (!usable) throw;
      // Said once, not with every request.
      if (std::exchange(state_->complaint, error.message()) != error.message())
        base::log(base::Level::Warn, "keeping the former credentials", {{"error", error.what()}});
    }
  };
  attempt(state_->ca, state_->authorities != nullptr, &State::refresh_ca);
  attempt(state_->certificate, state_->private_key != nullptr, &State::refresh_identity);
  attempt(state_->token, !state_->bearer.empty(), &State::refresh_token);
}

std::string Credentials::token() const {
  const std::lock_guard lock(state_->mutex);
  return state_->bearer;
}

void Credentials::install(SSL_CTX* context) const noexcept {
  const std::lock_guard lock(state_->mutex);
  if (state_->authorities) {
    X509_STORE_up_ref(state_->authorities.get());
    SSL_CTX_set_cert_store(context, state_->authorities.get());
  }
  if (!state_->private_key) return;
  SSL_CTX_use_certificate(context, state_->chain.front().get());
  for (size_t i = 1; i < state_->chain.size(); ++i)
    SSL_CTX_add1_chain_cert(context, state_->chain[i].get());
  SSL_CTX_use_PrivateKey(context, state_->private_key.get());
}

}  // namespace sluice::kube
