#pragma once
// The logging facade: one line an event, a message and named fields, as text, JSON, or entries of systemd's journal.
// Lines written for a request carry its id (log_scope.hpp). Never log secrets, tokens or bodies. A Logger is cheap to
// copy; copies share the sink. Thread-safe.

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace kith::core {

enum class LogLevel { debug, info, warning, error, off };
enum class LogFormat { text, json, journal };

struct LogField {
  std::string_view name;
  std::string value;
  LogField(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, const char* v) : name(n), value(v) {}
  LogField(std::string_view n, long long v) : name(n), value(std::to_string(v)) {}
  LogField(std::string_view n, unsigned long long v) : name(n), value(std::to_string(v)) {}
  LogField(std::string_view n, long v) : name(n), value(std::to_string(v)) {}
  LogField(std::string_view n, unsigned long v) : name(n), value(std::to_string(v)) {}
  LogField(std::string_view n, int v) : name(n), value(std::to_string(v)) {}
};

class Logger {
 public:
  // Writes to standard error; or to the journal, and to standard error what that doesn't take.
  Logger(LogLevel level, LogFormat format);
  // Drops everything: for tests.
  static Logger none();

  // What holds from now on, for all copies.
  void set(LogLevel level, LogFormat format) const;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const;

 private:
  struct Sink;
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const;
  std::shared_ptr<Sink> sink_;
};

}  // namespace kith::core
