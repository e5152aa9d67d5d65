#include "tests/database/runner_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "base/subprocess.h"

namespace sluice::runner {
namespace {

namespace fs = std::filesystem;

std::string program(const std::string& name) {
  for (const fs::directory_entry& version : fs::directory_iterator("/usr/lib/postgresql"))
    if (fs::exists(version.path() / "bin" / name)) return version.path() / "bin" / name;
  return name;
}

// PostgreSQL refuses to run as root.
void run_as_postgres(std::vector<std::string> argv) {
  if (::geteuid() == 0) argv.insert(argv.begin(), {"runuser", "-u", "postgres", "--"});
  const base::CommandResult result = base::run({argv, {{"LC_ALL", "C"}}});
  if (result.status != 0)
    throw std::runtime_error(argv.front() + ": " + result.output + result.errors);
}

int free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  void* raw = &address;
  ::bind(listener, static_cast<sockaddr*>(raw), size);
  ::getsockname(listener, static_cast<sockaddr*>(raw), &size);
  ::close(listener);
  return ntohs(address.sin_port);
}

}  // namespace

Server& Server::instance() {
  static Server server;
  return server;
}

Server::Server() : port_(free_port()) {
  std::string pattern = (fs::temp_directory_path() / "sluice-server-XXXXXX").string();
  root_ = ::mkdtemp(pattern.data());
  fs::permissions(root_, fs::perms::all);
  run_as_postgres({program("initdb"), "-D", root_ / "data", "-U", "postgres", "-E", "UTF8",
                   "--locale=C", "-A", "trust", "--auth-host=scram-sha-256", "-N"});
  run_as_postgres({program("pg_ctl"), "-D", root_ / "data", "-w", "-l", root_ / "log", "-o",
                   "-p " + std::to_string(port_) + " -k " + root_.string() +
                       " -c listen_addresses=127.0.0.1 -c fsync=off",
                   "start"});
}

Server::~Server() {
  try {
    run_as_postgres({program("pg_ctl"), "-D", root_ / "data", "-m", "immediate", "stop"});
    fs::remove_all(root_);
  } catch (const std::exception&) {
    // The tests are over; what is left is a directory in /tmp.
  }
}

std::string Server::socket() const { return root_.string() + "/.s.PGSQL." + std::to_string(port_); }

std::string Server::superuser_url(const std::string& database) const {
  return "postgresql://postgres@/" + database + "?host=" + root_.string() +
         "&port=" + std::to_string(port_);
}

std::string Server::url(const std::string& user, const std::string& password,
                        const std::string& database) const {
  return "postgresql://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_) + "/" +
         database;
}

}  // namespace sluice::runner
