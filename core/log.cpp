#include "core/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/clock.hpp"
#include "core/journal.hpp"
#include "core/json.hpp"
#include "core/log_scope.hpp"

namespace kith::core {
namespace {

constexpr std::string_view kRequestId = "request_id";

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
    case LogLevel::off:
      break;
  }
  return "off";
}

// As syslog counts (RFC 5424, section 6.2.1).
std::string_view priority(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "7";
    case LogLevel::info:
      return "6";
    case LogLevel::warning:
      return "4";
    default:
      return "3";
  }
}

struct Event {
  LogLevel level;
  std::string_view message;
  std::vector<LogField> fields;
};

// Values that could be mistaken for another field, or reach the terminal as control codes, go as JSON strings.
std::string text_value(const std::string& value) {
  const bool plain = !value.empty() && std::ranges::all_of(value, [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
  });
  return plain ? value : to_json_text(Json(value));
}

std::string sentence(const Event& event) {
  std::string line(event.message);
  for (const auto& field : event.fields) line += fmt::format(" {}={}", field.name, text_value(field.value));
  return line;
}

std::string json_line(const Event& event, Timestamp now) {
  Json object = {{"time", format_timestamp(now)}, {"level", level_name(event.level)}, {"message", event.message}};
  for (const auto& field : event.fields) object[std::string(field.name)] = field.value;
  return to_json_text(object);
}

// `journalctl` shows MESSAGE alone, so that says everything; the fields are there to be searched for.
JournalEntry journal_entry(const Event& event) {
  JournalEntry entry;
  entry.add("PRIORITY", priority(event.level));
  entry.add("SYSLOG_IDENTIFIER", "kithd");
  entry.add("MESSAGE", sentence(event));
  entry.add(journal_field_name("event"), event.message);
  for (const auto& field : event.fields) entry.add(journal_field_name(field.name), field.value);
  return entry;
}

// Tests put a socket of their own here; whoever sets the environment of the daemon is its master anyway.
std::string journal_path() {
  const char* other = std::getenv("KITH_JOURNAL_SOCKET");
  return other != nullptr ? other : std::string(kJournalSocket);
}

}  // namespace

struct Logger::Sink {
  std::atomic<LogLevel> level;
  std::atomic<LogFormat> format;
  SystemClock clock;
  JournalSocket journal{journal_path()};
  spdlog::logger out{"kith", std::make_shared<spdlog::sinks::stderr_sink_mt>()};

  Sink(LogLevel least, LogFormat look) : level(least), format(look) {
    out.set_pattern("%v");
    out.flush_on(spdlog::level::info);
  }

  void write(const Event& event) {
    std::string line;
    switch (format.load()) {
      case LogFormat::json:
        line = json_line(event, clock.now());
        break;
      case LogFormat::text:
        line = fmt::format("{} {:<7} {}", format_timestamp(clock.now()), level_name(event.level), sentence(event));
        break;
      case LogFormat::journal:
        if (journal.send(journal_entry(event))) return;
        // What the journal makes of lines from standard error: see sd-daemon(3).
        line = fmt::format("<{}>{}", priority(event.level), sentence(event));
        break;
    }
    out.log(spdlog::level::info, spdlog::string_view_t(line));
  }
};

Logger::Logger(LogLevel level, LogFormat format) : sink_(std::make_shared<Sink>(level, format)) {}

Logger Logger::none() {
  return {LogLevel::off, LogFormat::text};
}

void Logger::set(LogLevel level, LogFormat format) const {
  sink_->level = level;
  sink_->format = format;
}

void Logger::debug(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::debug, message, fields);
}
void Logger::info(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::info, message, fields);
}
void Logger::warning(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::warning, message, fields);
}
void Logger::error(std::string_view message, std::initializer_list<LogField> fields) const {
  write(LogLevel::error, message, fields);
}

void Logger::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const {
  if (level < sink_->level) return;
  Event event{level, message, fields};
  const auto& request = LogScope::request_id();
  const bool named = std::ranges::any_of(fields, [](const auto& field) { return field.name == kRequestId; });
  if (!request.empty() && !named) event.fields.emplace_back(kRequestId, request);
  sink_->write(event);
}

}  // namespace kith::core
