#include "kube/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/unit/kube/files.h"

namespace sluice::kube {
namespace {

using base::Error;
using testing::Directory;
using ::testing::HasSubstr;
using ::testing::Not;

// A kubeconfig whose cluster and user have these fields.
std::string kubeconfig(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: here\n"
         "contexts:\n- {name: other, context: {cluster: x, user: x}}\n"
         "- {name: here, context: {cluster: c, user: u, namespace: shop}}\n"
         "clusters:\n- {name: x, cluster: {server: https://wrong}}\n- {name: c, cluster: {" +
         cluster + "}}\nusers:\n- {name: u, user: {" + user + "}}\n";
}

TEST(Kubeconfig, ReadsInlineData) {
  const Directory files;
  const Config config = config_from_kubeconfig(files.write(
      "config", kubeconfig("server: 'https://h:1/', certificate-authority-data: Y2E=, "
                           "tls-server-name: api",
                           "client-certificate-data: Y2VydA==, client-key-data: a2V5, token: t")));
  EXPECT_EQ(config.server, "https://h:1");
  EXPECT_EQ(config.tls_server_name, "api");
  EXPECT_EQ(config.ca.text, "ca");
  EXPECT_EQ(config.client_certificate.text, "cert");
  EXPECT_EQ(config.client_key.text, "key");
  EXPECT_EQ(config.token.text, "t");
  EXPECT_EQ(config.name_space, "shop");
}

TEST(Kubeconfig, FilesAreBesideIt) {
  const Directory files;
  for (const char* name : {"ca.crt", "tls.crt", "tls.key", "token"}) files.write(name, "x");
  const Config config = config_from_kubeconfig(files.write(
      "config", kubeconfig("server: https://h, certificate-authority: ca.crt",
                           "client-certificate: " + (files.path() / "tls.crt").string() +
                               ", client-key: ./tls.key, tokenFile: token, token: ignored")));
  EXPECT_EQ(config.ca.file, files.path() / "ca.crt");
  EXPECT_EQ(config.client_certificate.file, files.path() / "tls.crt");
  EXPECT_TRUE(std::filesystem::equivalent(config.client_key.file, files.path() / "tls.key"));
  EXPECT_EQ(config.token.file, files.path() / "token");
  EXPECT_EQ(config.token.text, "");
}

TEST(Kubeconfig, RefusalsNameTheFileAndTheField) {
  struct Case {
    std::string text;
    const char* said;
  };
  const std::string server = "server: https://h";
  const std::vector<Case> cases{
      {"", "is empty"},
      {"[", "line 1"},
      {"- a", "must be a mapping"},
      {"{}", "current-context is missing"},
      {"current-context: {}", "current-context must be a text"},
      {"current-context: here", "contexts must be a list"},
      {"current-context: here\ncontexts: []", "contexts has no entry \"here\""},
      {"current-context: here\ncontexts: [{name: here}]", "contexts[0].context must be a mapping"},
      {kubeconfig("server: ''", ""), "clusters[1].cluster.server is missing"},
      {kubeconfig("server: h:1", ""), "clusters[1].cluster.server must begin with https://"},
      {kubeconfig(server + ", insecure-skip-tls-verify: true", ""),
       "clusters[1].cluster.insecure-skip-tls-verify is not supported"},
      {kubeconfig(server + ", proxy-url: http://p", ""),
       "clusters[1].cluster.proxy-url is not supported"},
      {kubeconfig(server + ", certificate-authority-data: '%'", ""),
       "clusters[1].cluster.certificate-authority-data is not base64"},
      {kubeconfig(server + ", certificate-authority: none.crt", ""),
       "clusters[1].cluster.certificate-authority"},
      {kubeconfig(server, "exec: {command: canary}"), "users[0].user.exec is not supported"},
      {kubeconfig(server, "auth-provider: {name: canary}"),
       "users[0].user.auth-provider is not supported"},
      {kubeconfig(server, "username: u, password: canary"),
       "users[0].user.username is not supported"},
      {kubeconfig(server, "client-key-data: a2V5"), "belong together"},
      {kubeconfig("server: http://h", "token: canary"), "not https"},
  };
  for (const Case& c : cases) {
    const Directory files;
    const auto file = files.write("config", c.text);
    try {
      config_from_kubeconfig(file);
      ADD_FAILURE() << "took " << c.text;
    } catch (const Error& error) {
      EXPECT_EQ(error.reason(), "KubeConfigInvalid");
      EXPECT_THAT(error.what(), HasSubstr(c.said));
      EXPECT_THAT(error.what(), HasSubstr(files.path().string()));
      EXPECT_THAT(error.what(), Not(HasSubstr("canary")));
    }
  }
}

TEST(Kubeconfig, VerificationThatIsNotSkippedIsFine) {
  const Directory files;
  EXPECT_NO_THROW(config_from_kubeconfig(
      files.write("config", kubeconfig("server: https://h, insecure-skip-tls-verify: false", ""))));
}

TEST(PodConfig, ReadsTheAccount) {
  const Directory account;
  EXPECT_THROW(config_from_pod(account.path(), "10.0.0.1", "443"), Error);
  account.write("ca.crt", "x");
  account.write("token", "x");
  account.write("namespace", "sluice-system\n");
  const Config config = config_from_pod(account.path(), "10.0.0.1", "443");
  EXPECT_EQ(config.server, "https://10.0.0.1:443");
  EXPECT_EQ(config.name_space, "sluice-system");
  EXPECT_EQ(config.token.file, account.path() / "token");
  EXPECT_EQ(config_from_pod(account.path(), "fd00::1", "443").server,
            "https://kubernetes.default.svc:443");
}

}  // namespace
}  // namespace sluice::kube
