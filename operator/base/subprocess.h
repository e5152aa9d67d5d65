// One child process: no shell, output captured, never left behind.
#pragma once

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::base {

struct Command {
  // argv[0] is looked up in PATH unless it holds a slash. Arguments are visible to every user of
  // the machine: secrets go into the environment.
  std::vector<std::string> argv;
  // On top of this process's own environment.
  std::map<std::string, std::string> environment;
  // Between SIGTERM and SIGKILL, once it is asked to stop.
  std::chrono::milliseconds grace{500};
  // Bytes kept of each of the two outputs; what follows is read and dropped.
  size_t max_output = size_t{1} << 20U;
};

struct CommandResult {
  int status = 0;        // exit status, or 128 + the signal that ended it
  bool stopped = false;  // it was asked to stop before it ended
  std::string output;
  std::string errors;
};

// Runs the command to its end. It reads an empty input and has a process group of its own, all of
// which is dead when this returns: after the leader's exit the rest gets SIGKILL. When `stop` is
// requested, from whatever thread, the group gets SIGTERM and after `grace` SIGKILL. When the
// calling thread dies, the child gets SIGTERM.
// Throws Error{Failed, "CommandMissing"} when there is no such program (or it is not executable),
// Error{Transient, "CommandFailed"} when the system cannot start any.
CommandResult run(const Command& command, std::stop_token stop = {});

}  // namespace sluice::base
