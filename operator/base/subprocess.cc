#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "base/error.h"

namespace sluice::base {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  int get() const { return number_; }
  bool open() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

[[noreturn]] void refuse(const std::string& program, int code) {
  const bool missing = code == ENOENT || code == EACCES || code == ENOTDIR || code == ENOEXEC;
  throw Error(missing ? ErrorKind::Failed : ErrorKind::Transient,
              missing ? "CommandMissing" : "CommandFailed",
              "cannot run " + program + ": " + std::strerror(code));
}

struct Pipe {
  Descriptor read, write;
};

Pipe make_pipe(const std::string& program) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) refuse(program, errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> lines;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string line = *entry;
    if (!command.environment.contains(line.substr(0, line.find('=')))) lines.push_back(line);
  }
  for (const auto& [name, value] : command.environment) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// Between fork and exec only async-signal-safe calls: other threads may have held any lock.
[[noreturn]] void become(char* const* argv, char* const* environment, pid_t parent, int output,
                         int errors, int failure) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);
  struct sigaction defaults {};
  defaults.sa_handler = SIG_DFL;
  for (const int number : {SIGTERM, SIGINT, SIGPIPE, SIGHUP, SIGCHLD})
    ::sigaction(number, &defaults, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int input = ::open("/dev/null", O_RDONLY);
  if (input >= 0 && ::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
      ::dup2(errors, STDERR_FILENO) >= 0)
    ::execvpe(argv[0], argv, environment);
  const int code = errno;
  [[maybe_unused]] const ssize_t written = ::write(failure, &code, sizeof code);
  ::_exit(127);
}

// Reads what there is, in bounded turns so that a flood cannot keep us from stopping its source;
// closes at the end of the stream.
void drain(Descriptor& source, std::string& kept, size_t limit) {
  std::array<char, 65536> piece{};
  for (int turn = 0; turn < 64 && source.open(); ++turn) {
    const ssize_t count = ::read(source.get(), piece.data(), piece.size());
    if (count > 0) {
      const size_t room = limit - std::min(limit, kept.size());
      kept.append(piece.data(), std::min(room, static_cast<size_t>(count)));
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      source.close();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

bool has_ended(pid_t child) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid == child;
}

}  // namespace

CommandResult run(const Command& command, std::stop_token stop) {
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> variables = environment_of(command);
  const std::string program = arguments.at(0);
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> environment = pointers(variables);

  Pipe output = make_pipe(program);
  Pipe errors = make_pipe(program);
  Pipe failure = make_pipe(program);
  const Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.open()) refuse(program, errno);
  ::fcntl(output.read.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(errors.read.get(), F_SETFL, O_NONBLOCK);

  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) refuse(program, errno);
  if (child == 0)
    become(argv.data(), environment.data(), parent, output.write.get(), errors.write.get(),
           failure.write.get());
  // Both sides set it: whoever is first, no signal to the group can miss.
  ::setpgid(child, child);
  output.write.close();
  errors.write.close();
  failure.write.close();

  int code = 0;
  ssize_t count = 0;
  while ((count = ::read(failure.read.get(), &code, sizeof code)) < 0 && errno == EINTR) {
  }
  if (count > 0) {
    ::waitpid(child, nullptr, 0);
    refuse(program, code);
  }

  const std::stop_callback on_stop(stop, [&wake] { ::eventfd_write(wake.get(), 1); });
  CommandResult result;
  std::optional<Clock::time_point> kill_at;
  while (!has_ended(child)) {
    if (stop.stop_requested() && !kill_at) {
      result.stopped = true;
      kill_at = Clock::now() + command.grace;
      ::kill(-child, SIGTERM);
    } else if (kill_at && Clock::now() >= *kill_at) {
      ::kill(-child, SIGKILL);
    }
    std::array<pollfd, 3> waiting{{{output.read.get(), POLLIN, 0},
                                   {errors.read.get(), POLLIN, 0},
                                   {kill_at ? -1 : wake.get(), POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), 10);
    drain(output.read, result.output, command.max_output);
    drain(errors.read, result.errors, command.max_output);
  }
  // The leader is not reaped yet, so its number cannot belong to another group.
  ::kill(-child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  drain(output.read, result.output, command.max_output);
  drain(errors.read, result.errors, command.max_output);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace sluice::base
