#include "scratch/server.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "postgres/session.h"

namespace sluice::scratch {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

constexpr std::chrono::seconds kPatience{60};
constexpr size_t kMostSocketPath = 90;  // 107 with the socket's name
constexpr const char* kLog = "log";

// What the keeper writes.
constexpr char kInitialised = 'i';
constexpr char kEnded = 'e';

std::string message(int code) { return std::generic_category().message(code); }

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::Failed, "ScratchServerFailed",
              "a PostgreSQL for the scratch database cannot be started: " + what,
              "name a server with --scratch-url, or correct this");
}

std::optional<Programs> programs_in(const fs::path& directory) {
  std::error_code code;
  if (!fs::exists(directory / "initdb", code) || !fs::exists(directory / "postgres", code))
    return std::nullopt;
  try {
    // postgres (PostgreSQL) 15.4 (Debian 15.4-1)
    const std::string said =
        base::run({{(directory / "postgres").string(), "--version"}, {}}).output;
    const size_t digits = said.find_first_of("0123456789");
    if (digits == std::string::npos) return std::nullopt;
    return Programs{directory, std::atoi(said.c_str() + digits)};
  } catch (const Error&) {
    return std::nullopt;
  }
}

struct User {
  uid_t user = 0;
  gid_t group = 0;
};

// Whom root becomes; nullopt: nobody else.
std::optional<User> other_user() {
  if (::geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"})
    if (const passwd* entry = ::getpwnam(name)) return User{entry->pw_uid, entry->pw_gid};
  fail("root may not run it, and there is neither a user postgres nor a user nobody");
}

fs::path make_root(const std::optional<User>& user) {
  fs::path base = fs::temp_directory_path();
  if (base.string().size() > kMostSocketPath - 20) base = "/tmp";
  std::string pattern = (base / "sluice-scratch-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) fail(pattern + ": " + message(errno));
  if (user && ::chown(pattern.c_str(), user->user, user->group) != 0)
    fail(pattern + ": " + message(errno));
  return pattern;
}

// What the keeper needs, made before the fork: after it, only async-signal-safe calls.
struct Orders {
  std::vector<char*> initdb, postgres, remove;
  std::optional<User> user;
  const char* log = nullptr;
  int life = -1;
  int status = -1;
};

pid_t start_child(const Orders& orders, char* const* argv) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int log = ::open(orders.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (log < 0 || input < 0) ::_exit(126);
  ::dup2(input, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  if (orders.user && (::setgroups(0, nullptr) != 0 || ::setgid(orders.user->group) != 0 ||
                      ::setuid(orders.user->user) != 0))
    ::_exit(126);
  struct sigaction defaults {};
  defaults.sa_handler = SIG_DFL;
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE})
    ::sigaction(number, &defaults, nullptr);
  ::execv(argv[0], argv);
  ::_exit(127);
}

// Waits for the child's end, and for that of the process which this one keeps for.
struct Ending {
  bool abandoned = false;
  int status = -1;  // of the child, unless abandoned
};
Ending await(const Orders& orders, pid_t child) {
  Ending ending;
  while (true) {
    pollfd life{orders.life, POLLIN, 0};
    if (::poll(&life, 1, 20) > 0) {
      ending.abandoned = true;
      return ending;
    }
    if (::waitpid(child, &ending.status, WNOHANG) == child) return ending;
  }
}

void end_child(pid_t child) {
  ::kill(child, SIGQUIT);  // to PostgreSQL: at once
  constexpr int kTurns = 250;
  for (int turn = 0; turn < kTurns; ++turn) {
    if (::waitpid(child, nullptr, WNOHANG) != 0) return;
    ::poll(nullptr, 0, 20);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

void tell(const Orders& orders, char what) {
  [[maybe_unused]] const ssize_t written = ::write(orders.status, &what, 1);
}

void keep(const Orders& orders) {
  const pid_t initdb = start_child(orders, orders.initdb.data());
  Ending ending = await(orders, initdb);
  if (ending.abandoned) return end_child(initdb);
  if (ending.status == 0) {
    tell(orders, kInitialised);
    const pid_t postgres = start_child(orders, orders.postgres.data());
    ending = await(orders, postgres);
    if (ending.abandoned) return end_child(postgres);
  }
  tell(orders, kEnded);
  pollfd life{orders.life, POLLIN, 0};
  ::poll(&life, 1, -1);
}

[[noreturn]] void become_keeper(const Orders& orders) {
  ::setsid();
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) ::sigaction(number, &ignore, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Nobody who reads this program's output is to wait for the keeper.
  constexpr int kMostDescriptors = 1024;
  for (int number = 0; number < kMostDescriptors; ++number)
    if (number != orders.life && number != orders.status) ::close(number);
  while (const int number = ::open("/dev/null", O_RDWR)) {
    if (number < 0 || number >= STDERR_FILENO) break;
  }
  keep(orders);
  ::execv(orders.remove[0], orders.remove.data());
  ::_exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

std::optional<Programs> find_programs(std::optional<int> major) {
  std::vector<fs::path> directories;
  const char* const path = std::getenv("PATH");
  for (const std::string& directory : base::split_list(path == nullptr ? "" : path, ':'))
    directories.emplace_back(directory);
  std::error_code code;
  for (const fs::directory_entry& version : fs::directory_iterator("/usr/lib/postgresql", code))
    directories.push_back(version.path() / "bin");
  std::optional<Programs> best;
  for (const fs::path& directory : directories) {
    const std::optional<Programs> found = programs_in(directory);
    if (!found) continue;
    if (found->major == major) return found;
    if (!best || found->major > best->major) best = found;
  }
  return best;
}

Server::Server(const Programs& programs, const std::stop_token& stop) {
  try {
    start(programs);
    wait(stop);
  } catch (...) {
    end();
    throw;
  }
}

Server::~Server() { end(); }

void Server::start(const Programs& programs) {
  Orders orders;
  orders.user = other_user();
  root_ = make_root(orders.user);
  const std::string data = root_ / "data";
  const std::string log = root_ / kLog;
  // Nothing here has to survive a crash.
  std::vector<std::string> initdb{programs.directory / "initdb",
                                  "-D",
                                  data,
                                  "-U",
                                  "postgres",
                                  "-E",
                                  "UTF8",
                                  "--no-locale",
                                  "-A",
                                  "trust",
                                  "-N"};
  std::vector<std::string> postgres{programs.directory / "postgres", "-D", data, "-k",
                                    root_.string()};
  for (const char* setting :
       {"listen_addresses=", "port=5432", "fsync=off", "full_page_writes=off",
        "synchronous_commit=off", "autovacuum=off", "shared_buffers=32MB", "max_connections=20",
        "wal_level=minimal", "max_wal_senders=0", "max_locks_per_transaction=1024", "jit=off",
        "max_parallel_workers_per_gather=0", "lc_messages=C"})
    postgres.insert(postgres.end(), {"-c", setting});
  std::vector<std::string> remove{"/bin/rm", "-rf", root_.string()};
  orders.initdb = pointers(initdb);
  orders.postgres = pointers(postgres);
  orders.remove = pointers(remove);
  orders.log = log.c_str();

  std::array<int, 2> life{}, status{};
  if (::pipe2(life.data(), O_CLOEXEC) != 0) fail(message(errno));
  life_ = life[1];
  if (::pipe2(status.data(), O_CLOEXEC) != 0) {
    ::close(life[0]);
    fail(message(errno));
  }
  status_ = status[0];
  orders.life = life[0];
  orders.status = status[1];
  keeper_ = ::fork();
  if (keeper_ == 0) become_keeper(orders);
  const int code = errno;
  ::close(life[0]);
  ::close(status[1]);
  if (keeper_ < 0) fail(message(code));
}

void Server::wait(const std::stop_token& stop) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  bool initialised = false;
  while (std::chrono::steady_clock::now() < until) {
    if (stop.stop_requested())
      throw Error(ErrorKind::Transient, "Cancelled", "stopped on request", "run it again");
    pollfd status{status_, POLLIN, 0};
    if (::poll(&status, 1, 10) > 0) {
      char what = kEnded;
      if (::read(status_, &what, 1) != 1 || what == kEnded) fail(log());
      initialised = true;
    }
    if (!initialised) continue;
    try {
      postgres::Session probe(options());
      return;
    } catch (const Error&) {
      // It does not listen yet.
    }
  }
  fail("it does not answer; " + log());
}

void Server::end() noexcept {
  if (life_ >= 0) ::close(life_);
  if (status_ >= 0) ::close(status_);
  life_ = status_ = -1;
  if (keeper_ > 0) {
    while (::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
    }
  } else if (!root_.empty()) {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  keeper_ = -1;
}

std::string Server::log() const {
  try {
    const std::string text = base::read_file(root_ / kLog);
    constexpr size_t kEnd = 1000;
    return std::string(base::trim(text.substr(text.size() - std::min(text.size(), kEnd))));
  } catch (const Error&) {
    return "it wrote no log";
  }
}

postgres::ConnectOptions Server::options() const {
  postgres::ConnectOptions options;
  options.parameters = {{"host", root_.string()}, {"port", "5432"},       {"user", "postgres"},
                        {"dbname", "postgres"},   {"sslmode", "disable"}, {"password", ""}};
  return options;
}

}  // namespace sluice::scratch
