#include "webhook/certificates.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "base/error.h"

namespace sluice::webhook {
namespace {

using std::chrono::days;

const base::Timestamp kNow = *base::from_rfc3339("2026-11-21T10:00:00Z");
const std::vector<std::string> kNames{"sluice-webhook.sluice.svc",
                                      "sluice-webhook.sluice.svc.cluster.local"};

std::shared_ptr<X509> parse(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  std::shared_ptr<X509> result(PEM_read_bio_X509(in, nullptr, nullptr, nullptr), X509_free);
  BIO_free(in);
  return result;
}

// OpenSSL's own judgement of a server's certificate, as a strict client would make it.
int verify(const std::string& certificate, const std::string& authority, const std::string& host,
           base::Timestamp now) {
  const auto leaf = parse(certificate);
  const auto root = parse(authority);
  const std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  X509_STORE_add_cert(store.get(), root.get());
  const std::shared_ptr<X509_STORE_CTX> context(X509_STORE_CTX_new(), X509_STORE_CTX_free);
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_time(rules, std::chrono::system_clock::to_time_t(now));
  X509_VERIFY_PARAM_set1_host(rules, host.c_str(), 0);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

TEST(Certificates, AServingCertificatePassesAStrictClient) {
  const KeyPair authority = make_authority(kNow);
  const KeyPair serving = make_serving(authority, kNames, kNow);
  for (const std::string& name : kNames)
    EXPECT_EQ(verify(serving.certificate, authority.certificate, name, kNow), X509_V_OK) << name;
}

TEST(Certificates, AClientRefusesAnotherNameAuthorityOrTime) {
  const KeyPair authority = make_authority(kNow);
  const KeyPair serving = make_serving(authority, kNames, kNow);
  EXPECT_EQ(verify(serving.certificate, authority.certificate, "other.sluice.svc", kNow),
            X509_V_ERR_HOSTNAME_MISMATCH);
  EXPECT_NE(verify(serving.certificate, make_authority(kNow).certificate, kNames[0], kNow),
            X509_V_OK);
  EXPECT_EQ(verify(serving.certificate, authority.certificate, kNames[0], kNow + days(366)),
            X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(verify(serving.certificate, authority.certificate, kNames[0], kNow - days(2)),
            X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST(Certificates, LiveAsLongAsTheySay) {
  const KeyPair authority = make_authority(kNow);
  const Validity ten_years = validity(authority.certificate).value();
  EXPECT_EQ(ten_years.from, kNow - kBackdated);
  EXPECT_EQ(ten_years.until, kNow + days(3650));
  const Validity one_year = validity(make_serving(authority, kNames, kNow).certificate).value();
  EXPECT_EQ(one_year.until, kNow + days(365));
}

TEST(Certificates, MayLivePastTheYear2050) {
  const base::Timestamp late = *base::from_rfc3339("2049-06-01T00:00:00Z");
  EXPECT_EQ(validity(make_authority(late).certificate).value().until, late + days(3650));
}

TEST(Certificates, TellTheirNamesSorted) {
  const KeyPair serving = make_serving(make_authority(kNow), {"b.svc", "a.svc"}, kNow);
  EXPECT_EQ(dns_names(serving.certificate), (std::vector<std::string>{"a.svc", "b.svc"}));
}

TEST(Certificates, KnowTheirKeyTheirIssuerAndTheirPurpose) {
  const KeyPair authority = make_authority(kNow);
  const KeyPair other = make_authority(kNow);
  const KeyPair serving = make_serving(authority, kNames, kNow);
  EXPECT_TRUE(matches_key(serving.certificate, serving.key));
  EXPECT_FALSE(matches_key(serving.certificate, authority.key));
  EXPECT_TRUE(is_issued_by(serving.certificate, authority.certificate));
  EXPECT_FALSE(is_issued_by(serving.certificate, other.certificate));
  EXPECT_TRUE(is_authority(authority.certificate));
  EXPECT_FALSE(is_authority(serving.certificate));
  EXPECT_TRUE(is_for_servers(serving.certificate));
}

TEST(Certificates, NoTwoHaveTheSameKeyOrSerial) {
  const KeyPair authority = make_authority(kNow);
  const KeyPair one = make_serving(authority, kNames, kNow);
  const KeyPair two = make_serving(authority, kNames, kNow);
  EXPECT_NE(one.key, two.key);
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(parse(one.certificate).get()),
                             X509_get0_serialNumber(parse(two.certificate).get())),
            0);
}

TEST(Certificates, GarbageIsNothing) {
  const KeyPair authority = make_authority(kNow);
  const std::string cut = authority.certificate.substr(0, authority.certificate.size() / 2);
  for (const std::string& garbage :
       {std::string(), std::string("garbage"), cut, authority.key, std::string(100, '\0')}) {
    EXPECT_FALSE(validity(garbage));
    EXPECT_TRUE(dns_names(garbage).empty());
    EXPECT_FALSE(is_authority(garbage));
    EXPECT_FALSE(is_for_servers(garbage));
    EXPECT_FALSE(matches_key(garbage, authority.key));
    EXPECT_FALSE(is_issued_by(authority.certificate, garbage));
    EXPECT_TRUE(split_chain(garbage).empty());
  }
}

TEST(Certificates, ACutKeyMatchesNothing) {
  const KeyPair authority = make_authority(kNow);
  for (const size_t length : {0U, 40U, 100U})
    EXPECT_FALSE(matches_key(authority.certificate, authority.key.substr(0, length)));
}

TEST(Certificates, AnEncryptedKeyIsGarbageAndAsksNobody) {
  EXPECT_FALSE(matches_key(make_authority(kNow).certificate,
                           "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                           "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhHvQ==\n"
                           "-----END ENCRYPTED PRIVATE KEY-----\n"));
}

TEST(Certificates, AChainSplitsIntoItsCertificates) {
  const KeyPair one = make_authority(kNow);
  const KeyPair two = make_authority(kNow);
  EXPECT_EQ(split_chain("# ours\n" + one.certificate + one.key + two.certificate),
            (std::vector<std::string>{one.certificate, two.certificate}));
}

TEST(Certificates, RefusesNamesThatAreNoDnsNames) {
  const KeyPair authority = make_authority(kNow);
  for (const std::string& name : {std::string(), std::string("a,email:b"), std::string("a b"),
                                  std::string("A.svc"), std::string("a\0b", 3)})
    EXPECT_THROW(make_serving(authority, {name}, kNow), base::Error) << name;
  EXPECT_THROW(make_serving(authority, {}, kNow), base::Error);
  EXPECT_THROW(make_serving({"garbage", "garbage"}, kNames, kNow), base::Error);
}

}  // namespace
}  // namespace sluice::webhook
