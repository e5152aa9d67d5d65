#include "tests/unit/kube/authority.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace sluice::kube::testing {
namespace {

std::string take(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string pem(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return take(bio);
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* make(const std::string& name, EVP_PKEY* key) {
  static long serial = 0;
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

}  // namespace

struct Authority::State {
  static inline int count = 0;
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = make("authority " + std::to_string(++count), key);
};

Authority::Authority() : state_(std::make_unique<State>()) {
  X509_set_issuer_name(state_->certificate, X509_get_subject_name(state_->certificate));
  extend(state_->certificate, state_->certificate, NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(state_->certificate, state_->key, EVP_sha256());
}

Authority::~Authority() {
  X509_free(state_->certificate);
  EVP_PKEY_free(state_->key);
}

std::string Authority::certificate() const { return pem(state_->certificate); }

Identity Authority::issue(const std::string& name) const {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = make(name, key);
  X509_set_issuer_name(certificate, X509_get_subject_name(state_->certificate));
  extend(certificate, state_->certificate, NID_subject_alt_name,
         "DNS:" + name + (name == "localhost" ? ",IP:127.0.0.1" : ""));
  X509_sign(certificate, state_->key, EVP_sha256());
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  Identity identity{pem(certificate), take(bio)};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return identity;
}

}  // namespace sluice::kube::testing
