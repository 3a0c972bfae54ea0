#pragma once
// systemd's journal, in its own protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): a datagram an entry, a field a line.
// No library is needed for that. Thread-safe.

#include <cstddef>
#include <string>
#include <string_view>

namespace kith::core {

inline constexpr std::string_view kJournalSocket = "/run/systemd/journal/socket";
inline constexpr std::size_t kLongestJournalField = 16 * 1024;  // bytes of a value; what is longer is cut
inline constexpr std::size_t kLongestJournalEntry = 64 * 1024;  // bytes; fields beyond are left out

// What goes into one entry.
class JournalEntry {
 public:
  // `name` is used as it is: A-Z, 0-9 and _, at most 64.
  void add(std::string_view name, std::string_view value);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// "request_id" → "KITH_REQUEST_ID".
std::string journal_field_name(std::string_view name);

class JournalSocket {
 public:
  // Connects to nothing yet: the journal may be started again meanwhile.
  explicit JournalSocket(std::string path = std::string(kJournalSocket));
  ~JournalSocket();
  JournalSocket(const JournalSocket&) = delete;
  JournalSocket& operator=(const JournalSocket&) = delete;

  // False when nobody takes it within a second.
  bool send(const JournalEntry& entry) const;

 private:
  const std::string path_;
  const int descriptor_;
};

}  // namespace kith::core
