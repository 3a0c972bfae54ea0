#include "core/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include "core/clock.hpp"
#include "core/json.hpp"

namespace kith::core {
namespace {

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

// Values that could be mistaken for another field, or reach the terminal as control codes, go as JSON strings.
std::string text_value(const std::string& value) {
  const bool plain = !value.empty() && std::ranges::all_of(value, [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
  });
  return plain ? value : to_json_text(Json(value));
}

}  // namespace

struct Logger::Sink {
  LogLevel level;
  LogFormat format;
  SystemClock clock;
  spdlog::logger out;
};

Logger::Logger(LogLevel level, LogFormat format) {
  auto destination = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink_ = std::make_shared<Sink>(Sink{level, format, {}, spdlog::logger("kith", destination)});
  sink_->out.set_pattern("%v");
  sink_->out.flush_on(spdlog::level::info);
}

Logger Logger::none() {
  return {LogLevel::off, LogFormat::text};
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
  const auto time = format_timestamp(sink_->clock.now());
  std::string line;
  if (sink_->format == LogFormat::json) {
    Json object = {{"time", time}, {"level", level_name(level)}, {"message", message}};
    for (const auto& field : fields) object[std::string(field.name)] = field.value;
    line = to_json_text(object);
  } else {
    line = fmt::format("{} {:<7} {}", time, level_name(level), message);
    for (const auto& field : fields) line += fmt::format(" {}={}", field.name, text_value(field.value));
  }
  sink_->out.log(spdlog::level::info, spdlog::string_view_t(line));
}

}  // namespace kith::core
