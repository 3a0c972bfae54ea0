#include "core/journal.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace kith::core {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::string_view kPrefix = "KITH_";
constexpr std::string_view kCut = "…";

// Not in the middle of a character.
std::string_view cut(std::string_view value) {
  auto end = kLongestJournalField - kCut.size();
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return value.substr(0, end);
}

std::string little_endian(std::uint64_t number) {
  std::string out;
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift & 0xFF);
  return out;
}

int open_socket() {
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const timeval longest{1, 0};
  if (descriptor >= 0) ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
  return descriptor;
}

}  // namespace

void JournalEntry::add(std::string_view name, std::string_view value) {
  std::string kept;
  if (value.size() > kLongestJournalField) kept = std::string(cut(value)) + std::string(kCut);
  const auto text = kept.empty() ? value : std::string_view(kept);
  std::string field(name);
  // A value of several lines is told with its length.
  if (text.find('\n') == std::string_view::npos) {
    field += '=';
  } else {
    field += '\n' + little_endian(text.size());
  }
  field.append(text) += '\n';
  if (bytes_.size() + field.size() <= kLongestJournalEntry) bytes_ += field;
}

std::string journal_field_name(std::string_view name) {
  std::string out(kPrefix);
  for (const char c : name.substr(0, kLongestName - kPrefix.size())) {
    const bool lower = c >= 'a' && c <= 'z';
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += lower ? static_cast<char>(c - 'a' + 'A') : plain ? c : '_';
  }
  return out;
}

JournalSocket::JournalSocket(std::string path) : path_(std::move(path)), descriptor_(open_socket()) {}

JournalSocket::~JournalSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool JournalSocket::send(const JournalEntry& entry) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (descriptor_ < 0 || path_.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  const auto& bytes = entry.bytes();
  const auto sent = ::sendto(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return sent == static_cast<ssize_t>(bytes.size());
}

}  // namespace kith::core
