// IPv4 sockets that never block: UDP in batches with the time of each datagram's arrival, and TCP connections with the times at
// which their bytes were handed to the wire.
// Addresses and ports are numbers in the machine's byte order. Where "would block" is no failure, it is 0.
#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <ctime>

#include "napi.h"

namespace host {
namespace {

constexpr uint32_t BATCH_MAX = 64;
constexpr uint32_t DATAGRAM_BYTES_MAX = 65536;
constexpr size_t CONTROL_BYTES = 256;

// What receiveDatagrams says of each datagram, as kernels/host/udp-receiver.ts reads it.
struct DatagramFacts {
  int32_t length;
  uint32_t address;
  int32_t port;
  // 0 none, 1 by the kernel, 2 by the network card.
  int32_t stampSource;
  uint32_t stampSeconds;
  uint32_t stampNanos;
  int32_t isCut;
  // Datagrams that the socket's buffer had no room for, since it was opened; wraps.
  uint32_t drops;
};
static_assert(sizeof(DatagramFacts) == 32, "the TypeScript face reads 8 words a datagram");

// What takeSendStamps says of each stamp, as kernels/host/tcp-connection.ts reads it.
struct SendStampFacts {
  // Of the last byte that it covers, counted from the first one sent since stampSends; wraps.
  uint32_t byteOffset;
  // 1: by the kernel, as of DatagramFacts.
  uint32_t stampSource;
  uint32_t stampSeconds;
  uint32_t stampNanos;
};
static_assert(sizeof(SendStampFacts) == 16, "the TypeScript face reads 4 words a stamp");

sockaddr_in addressOf(uint32_t address, uint32_t port) {
  sockaddr_in result = {};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(address);
  result.sin_port = htons(static_cast<uint16_t>(port));
  return result;
}

// Keeps errno of what failed.
int closeAfterFailure(int fd) {
  const int reason = errno;
  close(fd);
  errno = reason;
  return -1;
}

template <typename T>
bool setOption(int fd, int level, int name, const T& value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

// openUdp(address, port, receiveBufferBytes): a bound socket, or -errno. A port that others of this user have bound, too, is
// shared: each gets what is sent to a group.
napi_value openUdp(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return makeOutcome(env, -1);
  const int on = 1;
  const int bufferBytes = toInt(env, arguments.values[2]);
  const int stamping = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_HARDWARE |
                       SOF_TIMESTAMPING_RAW_HARDWARE;
  const sockaddr_in address = addressOf(toUint(env, arguments.values[0]), toUint(env, arguments.values[1]));
  const bool isReady = setOption(fd, SOL_SOCKET, SO_REUSEADDR, on) &&
                       (bufferBytes == 0 || setOption(fd, SOL_SOCKET, SO_RCVBUF, bufferBytes)) &&
                       bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (!isReady) return makeOutcome(env, closeAfterFailure(fd));
  // Without these, datagrams come without a time or a count of drops, and are told so.
  setOption(fd, SOL_SOCKET, SO_TIMESTAMPING, stamping);
  setOption(fd, SOL_SOCKET, SO_RXQ_OVFL, on);
  return makeInt(env, fd);
}

// joinGroup(fd, group, interfaceAddress): 0 or -errno. The interface with that address; the kernel's choice for 0.
napi_value joinGroup(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  ip_mreq request = {};
  request.imr_multiaddr.s_addr = htonl(toUint(env, arguments.values[1]));
  request.imr_interface.s_addr = htonl(toUint(env, arguments.values[2]));
  const int fd = toInt(env, arguments.values[0]);
  return makeOutcome(env, setOption(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, request) ? 0 : -1);
}

// chooseGroupInterface(fd, interfaceAddress, isLooped): where datagrams to groups leave, and whether this machine hears them.
napi_value chooseGroupInterface(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  in_addr address = {};
  address.s_addr = htonl(toUint(env, arguments.values[1]));
  const int fd = toInt(env, arguments.values[0]);
  const int isLooped = toBool(env, arguments.values[2]) ? 1 : 0;
  const bool isSet =
      setOption(fd, IPPROTO_IP, IP_MULTICAST_IF, address) && setOption(fd, IPPROTO_IP, IP_MULTICAST_LOOP, isLooped);
  return makeOutcome(env, isSet ? 0 : -1);
}

// socketPort(fd): the port that the socket is bound to, or -errno.
napi_value socketPort(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  sockaddr_in address = {};
  socklen_t bytes = sizeof address;
  const int outcome = getsockname(toInt(env, arguments.values[0]), reinterpret_cast<sockaddr*>(&address), &bytes);
  return makeOutcome(env, outcome < 0 ? -1 : ntohs(address.sin_port));
}

void readControl(msghdr& header, DatagramFacts& facts) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level != SOL_SOCKET) continue;
    if (control->cmsg_type == SO_RXQ_OVFL) {
      std::memcpy(&facts.drops, CMSG_DATA(control), sizeof facts.drops);
    } else if (control->cmsg_type == SO_TIMESTAMPING) {
      scm_timestamping stamps = {};
      std::memcpy(&stamps, CMSG_DATA(control), sizeof stamps);
      const bool isHardware = stamps.ts[2].tv_sec != 0 || stamps.ts[2].tv_nsec != 0;
      const timespec& stamp = isHardware ? stamps.ts[2] : stamps.ts[0];
      if (stamp.tv_sec == 0 && stamp.tv_nsec == 0) continue;
      facts.stampSource = isHardware ? 2 : 1;
      facts.stampSeconds = static_cast<uint32_t>(stamp.tv_sec);
      facts.stampNanos = static_cast<uint32_t>(stamp.tv_nsec);
    }
  }
}

// receiveDatagrams(fd, bytes, slotBytes, slots, facts): how many came, each into its slot of `bytes`, its facts into `facts`;
// 0 for none, or -errno.
napi_value receiveDatagrams(napi_env env, napi_callback_info info) {
  Arguments<5> arguments(env, info);
  const uint32_t slotBytes = toUint(env, arguments.values[2]);
  const uint32_t slots = toUint(env, arguments.values[3]);
  if (slots == 0 || slots > BATCH_MAX || slotBytes == 0 || slotBytes > DATAGRAM_BYTES_MAX) return makeInt(env, -EINVAL);
  uint8_t* bytes = bytesWithin(toBytes(env, arguments.values[1]), 0, static_cast<size_t>(slots) * slotBytes);
  uint8_t* facts = bytesWithin(toBytes(env, arguments.values[4]), 0, slots * sizeof(DatagramFacts));
  if (bytes == nullptr || facts == nullptr) return makeInt(env, -EINVAL);
  mmsghdr headers[BATCH_MAX] = {};
  iovec places[BATCH_MAX] = {};
  sockaddr_in sources[BATCH_MAX] = {};
  alignas(cmsghdr) uint8_t controls[BATCH_MAX][CONTROL_BYTES];
  for (uint32_t i = 0; i < slots; i++) {
    places[i] = {bytes + static_cast<size_t>(i) * slotBytes, slotBytes};
    msghdr& header = headers[i].msg_hdr;
    header.msg_name = &sources[i];
    header.msg_namelen = sizeof sources[i];
    header.msg_iov = &places[i];
    header.msg_iovlen = 1;
    header.msg_control = controls[i];
    header.msg_controllen = CONTROL_BYTES;
  }
  const int count = recvmmsg(toInt(env, arguments.values[0]), headers, slots, MSG_DONTWAIT, nullptr);
  // A refusal is the answer to a datagram that was sent, not to one that was awaited.
  if (count < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED)) return makeInt(env, 0);
  for (int i = 0; i < count; i++) {
    DatagramFacts one = {};
    one.length = static_cast<int32_t>(headers[i].msg_len);
    one.address = ntohl(sources[i].sin_addr.s_addr);
    one.port = ntohs(sources[i].sin_port);
    one.isCut = (headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0 ? 1 : 0;
    readControl(headers[i].msg_hdr, one);
    std::memcpy(facts + i * sizeof one, &one, sizeof one);
  }
  return makeOutcome(env, count);
}

// sendDatagram(fd, bytes, byteOffset, length, address, port): the length, 0 when it would block, or -errno.
napi_value sendDatagram(napi_env env, napi_callback_info info) {
  Arguments<6> arguments(env, info);
  const uint32_t length = toUint(env, arguments.values[3]);
  const uint8_t* bytes = bytesWithin(toBytes(env, arguments.values[1]), toDouble(env, arguments.values[2]), length);
  if (bytes == nullptr) return makeInt(env, -EINVAL);
  const sockaddr_in target = addressOf(toUint(env, arguments.values[4]), toUint(env, arguments.values[5]));
  const ssize_t sent = sendto(toInt(env, arguments.values[0]), bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&target), sizeof target);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED)) return makeInt(env, 0);
  return makeOutcome(env, static_cast<int>(sent));
}

// connectTcp(address, port): a socket that is connecting, or -errno. What is sent leaves at once (TCP_NODELAY).
napi_value connectTcp(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return makeOutcome(env, -1);
  const int on = 1;
  const sockaddr_in target = addressOf(toUint(env, arguments.values[0]), toUint(env, arguments.values[1]));
  if (!setOption(fd, IPPROTO_TCP, TCP_NODELAY, on)) return makeOutcome(env, closeAfterFailure(fd));
  const int outcome = connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof target);
  if (outcome < 0 && errno != EINPROGRESS) return makeOutcome(env, closeAfterFailure(fd));
  return makeInt(env, fd);
}

// connectOutcome(fd): 1 when connected, 0 while it is not decided, or -errno.
napi_value connectOutcome(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  pollfd entry = {};
  entry.fd = toInt(env, arguments.values[0]);
  entry.events = POLLOUT;
  const int ready = poll(&entry, 1, 0);
  if (ready < 0) return errno == EINTR ? makeInt(env, 0) : makeOutcome(env, -1);
  if (ready == 0) return makeInt(env, 0);
  if ((entry.revents & POLLNVAL) != 0) return makeInt(env, -EBADF);
  int failure = 0;
  socklen_t bytes = sizeof failure;
  if (getsockopt(entry.fd, SOL_SOCKET, SO_ERROR, &failure, &bytes) < 0) return makeOutcome(env, -1);
  return makeInt(env, failure == 0 ? 1 : -failure);
}

// receiveBytes(fd, bytes, byteOffset, length): how many came, 0 for none yet, -ENODATA once the other side has ended, -errno.
napi_value receiveBytes(napi_env env, napi_callback_info info) {
  Arguments<4> arguments(env, info);
  const uint32_t length = toUint(env, arguments.values[3]);
  uint8_t* bytes = bytesWithin(toBytes(env, arguments.values[1]), toDouble(env, arguments.values[2]), length);
  if (bytes == nullptr || length == 0) return makeInt(env, -EINVAL);
  const ssize_t received = recv(toInt(env, arguments.values[0]), bytes, length, MSG_DONTWAIT);
  if (received == 0) return makeInt(env, -ENODATA);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return makeInt(env, 0);
  return makeOutcome(env, static_cast<int>(received));
}

// sendBytes(fd, bytes, byteOffset, length): how many were taken, 0 when it would block, or -errno.
napi_value sendBytes(napi_env env, napi_callback_info info) {
  Arguments<4> arguments(env, info);
  const uint32_t length = toUint(env, arguments.values[3]);
  const uint8_t* bytes = bytesWithin(toBytes(env, arguments.values[1]), toDouble(env, arguments.values[2]), length);
  if (bytes == nullptr) return makeInt(env, -EINVAL);
  const ssize_t sent = send(toInt(env, arguments.values[0]), bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return makeInt(env, 0);
  return makeOutcome(env, static_cast<int>(sent));
}

// stampSends(fd): the times of what is sent from here on are to be had from takeSendStamps. 0, or -errno.
napi_value stampSends(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  const int stamping = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
                       SOF_TIMESTAMPING_OPT_TSONLY;
  return makeOutcome(env, setOption(toInt(env, arguments.values[0]), SOL_SOCKET, SO_TIMESTAMPING, stamping) ? 0 : -1);
}

// Whether a message of the error queue tells when bytes were handed to the device.
bool readSendStamp(msghdr& header, SendStampFacts& facts) {
  bool isSend = false;
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SO_TIMESTAMPING) {
      scm_timestamping stamps = {};
      std::memcpy(&stamps, CMSG_DATA(control), sizeof stamps);
      facts.stampSource = 1;
      facts.stampSeconds = static_cast<uint32_t>(stamps.ts[0].tv_sec);
      facts.stampNanos = static_cast<uint32_t>(stamps.ts[0].tv_nsec);
    } else if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_RECVERR) {
      sock_extended_err report = {};
      std::memcpy(&report, CMSG_DATA(control), sizeof report);
      isSend = report.ee_origin == SO_EE_ORIGIN_TIMESTAMPING && report.ee_info == SCM_TSTAMP_SND;
      facts.byteOffset = report.ee_data;
    }
  }
  return isSend && (facts.stampSeconds != 0 || facts.stampNanos != 0);
}

// takeSendStamps(fd, facts, slots): how many stamps there were, oldest first, up to `slots`; 0 for none yet, or -errno.
napi_value takeSendStamps(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  const uint32_t slots = toUint(env, arguments.values[2]);
  if (slots == 0 || slots > BATCH_MAX) return makeInt(env, -EINVAL);
  uint8_t* facts = bytesWithin(toBytes(env, arguments.values[1]), 0, slots * sizeof(SendStampFacts));
  if (facts == nullptr) return makeInt(env, -EINVAL);
  const int fd = toInt(env, arguments.values[0]);
  int count = 0;
  for (uint32_t i = 0; i < slots; i++) {
    alignas(cmsghdr) uint8_t control[CONTROL_BYTES];
    msghdr header = {};
    header.msg_control = control;
    header.msg_controllen = CONTROL_BYTES;
    if (recvmsg(fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
      if (count > 0 || errno == EAGAIN || errno == EINTR) break;
      return makeOutcome(env, -1);
    }
    SendStampFacts one = {};
    if (!readSendStamp(header, one)) continue;
    std::memcpy(facts + count * sizeof one, &one, sizeof one);
    count++;
  }
  return makeInt(env, count);
}

}  // namespace

void exportSockets(napi_env env, napi_value exports) {
  exportFunction(env, exports, "openUdp", openUdp);
  exportFunction(env, exports, "joinGroup", joinGroup);
  exportFunction(env, exports, "chooseGroupInterface", chooseGroupInterface);
  exportFunction(env, exports, "socketPort", socketPort);
  exportFunction(env, exports, "receiveDatagrams", receiveDatagrams);
  exportFunction(env, exports, "sendDatagram", sendDatagram);
  exportFunction(env, exports, "connectTcp", connectTcp);
  exportFunction(env, exports, "connectOutcome", connectOutcome);
  exportFunction(env, exports, "receiveBytes", receiveBytes);
  exportFunction(env, exports, "sendBytes", sendBytes);
  exportFunction(env, exports, "stampSends", stampSends);
  exportFunction(env, exports, "takeSendStamps", takeSendStamps);
}

}  // namespace host
