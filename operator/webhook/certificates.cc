#include "webhook/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "base/error.h"
#include "base/text.h"

namespace sluice::webhook {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* owned) const {
    release(owned);
  }
};
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;

[[noreturn]] void fail(const std::string& what) {
  ERR_clear_error();
  throw base::Error(base::ErrorKind::Failed, "CertificateFailed", "OpenSSL cannot " + what);
}

void check(bool done, const char* what) {
  if (!done) fail(what);
}

Bio reader(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(const Bio& bio) {
  BUF_MEM* memory = nullptr;
  BIO_get_mem_ptr(bio.get(), &memory);
  return {memory->data, memory->length};
}

// Without one OpenSSL would ask on the terminal for the passphrase of an encrypted key.
int no_passphrase(char*, int, int, void*) { return -1; }

Certificate read_certificate(const std::string& pem) {
  Certificate result(PEM_read_bio_X509(reader(pem).get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return result;
}

Key read_key(const std::string& pem) {
  Key result(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return result;
}

std::string to_pem(X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509(out.get(), certificate) == 1, "write a certificate");
  return text_of(out);
}

std::string to_pem(EVP_PKEY* key) {
  const Bio out(BIO_new(BIO_s_secmem()));
  check(PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "write a key");
  return text_of(out);
}

void extend(X509* certificate, X509* issuer, int type, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, type, value.c_str()));
  check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1,
        "add an extension to a certificate");
}

// OpenSSL reads the names from a small language in which a comma begins another kind of name.
bool is_dns_name(const std::string& name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-.";
  return !name.empty() && name.find_first_not_of(kLetters) == std::string::npos;
}

void set_random_serial(X509* certificate) {
  // RFC 5280, 4.1.2.2: positive and at most 20 octets.
  const Number serial(BN_new());
  check(serial != nullptr && BN_rand(serial.get(), 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
            BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr,
        "make a serial number");
}

// Unsigned, without extensions and issued by itself.
Certificate blank(const char* name, EVP_PKEY* key, base::Timestamp now, std::chrono::days life) {
  Certificate result(X509_new());
  check(result != nullptr && X509_set_version(result.get(), 2) == 1, "make a certificate");
  set_random_serial(result.get());
  const time_t from = std::chrono::system_clock::to_time_t(now - kBackdated);
  const time_t until = std::chrono::system_clock::to_time_t(now + life);
  X509_NAME* subject = X509_get_subject_name(result.get());
  check(ASN1_TIME_set(X509_getm_notBefore(result.get()), from) != nullptr &&
            ASN1_TIME_set(X509_getm_notAfter(result.get()), until) != nullptr &&
            X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(name), -1, -1,
                                       0) == 1 &&
            X509_set_issuer_name(result.get(), subject) == 1 &&
            X509_set_pubkey(result.get(), key) == 1,
        "fill a certificate");
  return result;
}

KeyPair sign(const Certificate& certificate, const Key& key, const Key& signer) {
  check(X509_sign(certificate.get(), signer.get(), EVP_sha256()) > 0, "sign a certificate");
  return {to_pem(certificate.get()), to_pem(key.get())};
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  check(key != nullptr, "make a key");
  return key;
}

std::optional<base::Timestamp> to_timestamp(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::from_time_t(timegm(&parts)));
}

}  // namespace

KeyPair make_authority(base::Timestamp now) {
  const Key key = make_key();
  const Certificate made = blank("Sluice webhook authority", key.get(), now, kAuthorityLife);
  extend(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  extend(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(made.get(), made.get(), NID_subject_key_identifier, "hash");
  return sign(made, key, key);
}

KeyPair make_serving(const KeyPair& authority, const std::vector<std::string>& names,
                     base::Timestamp now) {
  const Certificate issuer = read_certificate(authority.certificate);
  const Key signer = read_key(authority.key);
  if (issuer == nullptr || signer == nullptr)
    throw base::Error(base::ErrorKind::Invalid, "BadCertificate",
                      "the authority of the serving certificate cannot be read");
  if (names.empty() || !std::all_of(names.begin(), names.end(), is_dns_name))
    throw base::Error(base::ErrorKind::Invalid, "BadCertificate",
                      "not DNS names for a certificate: \"" + base::join(names, "\", \"") + "\"");
  const Key key = make_key();
  const Certificate made = blank("Sluice webhook", key.get(), now, kServingLife);
  check(X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get())) == 1,
        "name the issuer");
  extend(made.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  extend(made.get(), issuer.get(), NID_key_usage, "critical,digitalSignature");
  extend(made.get(), issuer.get(), NID_ext_key_usage, "serverAuth");
  extend(made.get(), issuer.get(), NID_subject_key_identifier, "hash");
  extend(made.get(), issuer.get(), NID_authority_key_identifier, "keyid:always");
  extend(made.get(), issuer.get(), NID_subject_alt_name, "DNS:" + base::join(names, ",DNS:"));
  return sign(made, key, signer);
}

std::vector<std::string> split_chain(const std::string& pem) {
  std::vector<std::string> parts;
  const Bio in = reader(pem);
  while (const Certificate next{PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr)})
    parts.push_back(to_pem(next.get()));
  ERR_clear_error();
  return parts;
}

std::optional<Validity> validity(const std::string& pem) {
  const Certificate certificate = read_certificate(pem);
  if (certificate == nullptr) return std::nullopt;
  const auto from = to_timestamp(X509_get0_notBefore(certificate.get()));
  const auto until = to_timestamp(X509_get0_notAfter(certificate.get()));
  if (!from || !until) return std::nullopt;
  return Validity{*from, *until};
}

std::vector<std::string> dns_names(const std::string& pem) {
  std::vector<std::string> result;
  const Certificate certificate = read_certificate(pem);
  if (certificate == nullptr) return result;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    const ASN1_IA5STRING* text = name->d.dNSName;
    result.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                        static_cast<size_t>(ASN1_STRING_length(text)));
  }
  std::sort(result.begin(), result.end());
  return result;
}

bool is_authority(const std::string& pem) {
  const Certificate certificate = read_certificate(pem);
  return certificate != nullptr && X509_check_ca(certificate.get()) == 1;
}

bool is_for_servers(const std::string& pem) {
  const Certificate certificate = read_certificate(pem);
  return certificate != nullptr &&
         X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0) == 1;
}

bool matches_key(const std::string& pem, const std::string& key) {
  const Certificate certificate = read_certificate(pem);
  const Key own = read_key(key);
  const bool matches = certificate != nullptr && own != nullptr &&
                       X509_check_private_key(certificate.get(), own.get()) == 1;
  ERR_clear_error();
  return matches;
}

bool is_issued_by(const std::string& pem, const std::string& authority) {
  const Certificate certificate = read_certificate(pem);
  const Certificate issuer = read_certificate(authority);
  const bool issued = certificate != nullptr && issuer != nullptr &&
                      X509_check_issued(issuer.get(), certificate.get()) == X509_V_OK &&
                      X509_verify(certificate.get(), X509_get0_pubkey(issuer.get())) == 1;
  ERR_clear_error();
  return issued;
}

}  // namespace sluice::webhook
