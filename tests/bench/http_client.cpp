// A client that costs little, so that the server is what is measured. KITH_BENCH_FIELDS (e.g. "Authorization: Bearer
// x") goes into every head.
//   kith_bench_http_client get URL            prints MiB/s of the body
//   kith_bench_http_client put URL BYTES      prints MiB/s until the answer
//   kith_bench_http_client latency URL COUNT  prints the median in microseconds over one connection
//   kith_bench_http_client sha256             prints MiB/s of one core

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "core/crypto/sha256.hpp"
#include "daemon/http/unique_fd.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using kith::daemon::UniqueFd;
constexpr std::size_t kBuffer = 1 << 20;
constexpr double kMiB = 1 << 20;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Url {
  std::string host, port, path;
};

Url parse(std::string text) {
  if (text.starts_with("http://")) text.erase(0, 7);
  const auto slash = std::min(text.find('/'), text.size());
  const auto authority = text.substr(0, slash);
  const auto colon = authority.rfind(':');
  if (colon == std::string::npos) return {authority, "80", text.substr(slash)};
  return {authority.substr(0, colon), authority.substr(colon + 1), text.substr(slash)};
}

UniqueFd connect_to(const Url& url) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (::getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found) != 0) std::exit(1);
  UniqueFd fd(::socket(found->ai_family, SOCK_STREAM, 0));
  const bool connected = ::connect(fd.get(), found->ai_addr, found->ai_addrlen) == 0;
  ::freeaddrinfo(found);
  if (!connected) {
    std::perror("connect");
    std::exit(1);
  }
  return fd;
}

std::string head(const char* method, const Url& url, const std::string& fields) {
  const char* extra = std::getenv("KITH_BENCH_FIELDS");
  return std::string(method) + " " + url.path + " HTTP/1.1\r\nHost: " + url.host + ":" + url.port + "\r\n" +
         (extra ? std::string(extra) + "\r\n" : "") + fields + "\r\n";
}

void send_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const auto sent = ::send(fd, data, size, MSG_NOSIGNAL);
    if (sent <= 0) {
      std::perror("send");
      std::exit(1);
    }
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

// Reads one response; the size of its body. Anything but 2xx ends the program.
std::uint64_t read_response(int fd, std::vector<char>& buffer) {
  std::string start;
  std::size_t end = 0;
  while ((end = start.find("\r\n\r\n")) == std::string::npos) {
    const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got <= 0) std::exit(1);
    start.append(buffer.data(), static_cast<std::size_t>(got));
  }
  if (start[9] != '2') {
    std::fprintf(stderr, "%s\n", start.substr(0, start.find('\r')).c_str());
    std::exit(1);
  }
  const auto field = start.find("Content-Length: ");
  const auto length = field < end ? std::stoull(start.substr(field + 16)) : 0;
  for (auto got = start.size() - end - 4; got < length;) {
    // MSG_TRUNC: TCP throws the bytes away without copying them.
    const auto more = ::recv(fd, nullptr, kBuffer * 16, MSG_TRUNC);
    if (more <= 0) std::exit(1);
    got += static_cast<std::size_t>(more);
  }
  return length;
}

double get(const Url& url) {
  std::vector<char> buffer(4096);
  const auto fd = connect_to(url);
  const auto start = Clock::now();
  const auto request = head("GET", url, "Connection: close\r\n");
  send_all(fd.get(), request.data(), request.size());
  const auto bytes = read_response(fd.get(), buffer);
  return static_cast<double>(bytes) / kMiB / seconds_since(start);
}

double put(const Url& url, std::uint64_t bytes) {
  std::vector<char> buffer(kBuffer, 'k');
  const auto fd = connect_to(url);
  const auto start = Clock::now();
  const auto request = head("PUT", url, "Content-Length: " + std::to_string(bytes) + "\r\n");
  send_all(fd.get(), request.data(), request.size());
  for (std::uint64_t left = bytes; left > 0;) {
    const auto piece = std::min<std::uint64_t>(left, buffer.size());
    send_all(fd.get(), buffer.data(), piece);
    left -= piece;
  }
  read_response(fd.get(), buffer);
  return static_cast<double>(bytes) / kMiB / seconds_since(start);
}

double latency(const Url& url, std::size_t count) {
  std::vector<char> buffer(4096);
  const auto fd = connect_to(url);
  const auto request = head("GET", url, "");
  std::vector<double> times;
  for (std::size_t i = 0; i < count; ++i) {
    const auto start = Clock::now();
    send_all(fd.get(), request.data(), request.size());
    read_response(fd.get(), buffer);
    times.push_back(seconds_since(start) * 1e6);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

double sha256_speed() {
  const kith::core::Bytes piece(kBuffer, 'k');
  kith::core::Sha256 hash;
  const auto start = Clock::now();
  for (int i = 0; i < 512; ++i) hash.update(piece);
  (void)hash.finish();
  return 512 / seconds_since(start);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string what = count > 1 ? arguments[1] : "";
  double result = 0;
  if (what == "sha256" && count == 2) {
    result = sha256_speed();
  } else if (what == "get" && count == 3) {
    result = get(parse(arguments[2]));
  } else if (what == "put" && count == 4) {
    result = put(parse(arguments[2]), std::stoull(arguments[3]));
  } else if (what == "latency" && count == 4) {
    result = latency(parse(arguments[2]), std::stoull(arguments[3]));
  } else {
    std::fprintf(stderr, "usage: kith_bench_http_client get URL | put URL BYTES | latency URL COUNT | sha256\n");
    return 2;
  }
  std::printf("%.1f\n", result);
  return 0;
}
