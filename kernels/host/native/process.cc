// Process groups, ignored signals, and process file descriptors (pidfd_open(2)): a handle on one process that cannot
// come to mean another when its number is used again.
#include <poll.h>
#include <csignal>
#include <sys/syscall.h>
#include <unistd.h>

#include "napi.h"

// Older C libraries have no names for these; the numbers are the same on all architectures.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace host {
namespace {

// setProcessGroup(pid, group): 0 or -errno.
napi_value setProcessGroup(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  return makeOutcome(env, setpgid(toInt(env, arguments.values[0]), toInt(env, arguments.values[1])));
}

napi_value processGroup(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  return makeOutcome(env, getpgid(toInt(env, arguments.values[0])));
}

// startSession(): the new session's id, or -errno.
napi_value startSession(napi_env env, napi_callback_info) { return makeOutcome(env, setsid()); }

// ignoreSignal(signal): 0 or -errno. Stays ignored across exec.
napi_value ignoreSignal(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  struct sigaction action = {};
  action.sa_handler = SIG_IGN;
  return makeOutcome(env, sigaction(toInt(env, arguments.values[0]), &action, nullptr));
}

// openPidfd(pid): a descriptor (close-on-exec by itself), or -errno.
napi_value openPidfd(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  return makeOutcome(env, static_cast<int>(syscall(SYS_pidfd_open, toInt(env, arguments.values[0]), 0)));
}

// pollReadable(fd, timeoutMs): 1 when readable (a pidfd: its process has ended), 0 when not within the time, or -errno.
napi_value pollReadable(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  pollfd entry = {};
  entry.fd = toInt(env, arguments.values[0]);
  entry.events = POLLIN;
  const int outcome = poll(&entry, 1, toInt(env, arguments.values[1]));
  if (outcome > 0 && (entry.revents & POLLNVAL) != 0) return makeInt(env, -EBADF);
  return makeOutcome(env, outcome);
}

// signalPidfd(fd, signal): 0 or -errno.
napi_value signalPidfd(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  const long outcome = syscall(SYS_pidfd_send_signal, toInt(env, arguments.values[0]), toInt(env, arguments.values[1]),
                               nullptr, 0);
  return makeOutcome(env, static_cast<int>(outcome));
}

// closeDescriptor(fd): 0 or -errno. For descriptors that Node did not open.
napi_value closeDescriptor(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  return makeOutcome(env, close(toInt(env, arguments.values[0])));
}

}  // namespace

void exportProcess(napi_env env, napi_value exports) {
  exportFunction(env, exports, "setProcessGroup", setProcessGroup);
  exportFunction(env, exports, "processGroup", processGroup);
  exportFunction(env, exports, "startSession", startSession);
  exportFunction(env, exports, "ignoreSignal", ignoreSignal);
  exportFunction(env, exports, "openPidfd", openPidfd);
  exportFunction(env, exports, "pollReadable", pollReadable);
  exportFunction(env, exports, "signalPidfd", signalPidfd);
  exportFunction(env, exports, "closeDescriptor", closeDescriptor);
}

}  // namespace host
