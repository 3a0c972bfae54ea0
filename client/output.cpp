#include "client/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/safe_name.hpp"
#include "core/encoding.hpp"
#include "core/time.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;

std::string detail_of(const core::Error& error) {
  return error.detail.empty() ? std::string(core::error_info(error.code).title) : error.detail;
}

std::size_t width(const std::string& cell) {
  return core::is_valid_utf8(cell) ? core::count_code_points(cell) : cell.size();
}

}  // namespace

void Output::document(const core::Json& value) const {
  if (json_) std::cout << core::to_json_text(value) << std::endl;
}

void Output::line(std::string_view text) const {
  if (!json_) std::cout << text << std::endl;
}

void Output::done(std::string_view name, std::string_view words, bool quiet) const {
  if (quiet || ::isatty(STDOUT_FILENO) != 1) line(name);
  if (!quiet) notice(words);
}

void Output::notice(std::string_view text) {
  std::cerr << text << std::endl;
}

void Output::error(const core::Error& error) const {
  if (json_) {
    core::Json about{{"code", core::error_info(error.code).name}, {"detail", detail_of(error)}};
    if (error.retry_after) about["retry_after"] = error.retry_after->count();
    return document({{"error", about}});
  }
  std::cerr << "kith: " << detail_of(error);
  if (error.retry_after) std::cerr << " (again in " << error.retry_after->count() << " s)";
  std::cerr << std::endl;
}

std::string Table::text(bool with_headings) const {
  std::vector<std::size_t> widths(headings_.size(), 0);
  const auto measure = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  };
  std::string out;
  const auto append = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width(row[i]) + 2, ' ');
    }
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  };
  if (with_headings) measure(headings_);
  for (const auto& row : rows_) measure(row);
  if (with_headings) append(headings_);
  for (const auto& row : rows_) append(row);
  return out;
}

void Table::print() const {
  std::cout << text(::isatty(STDOUT_FILENO) == 1 && !empty()) << std::flush;
}

std::string time_text(std::string_view timestamp) {
  const auto time = core::parse_timestamp(timestamp);
  if (!time) return printable(timestamp);
  const std::time_t seconds = core::to_unix_ms(*time) / 1000;
  std::tm local{};
  char text[32];
  if (::localtime_r(&seconds, &local) == nullptr || std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local) == 0)
    return std::string(timestamp);
  return text;
}

int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::unauthorized:
    case ErrorCode::forbidden:
    case ErrorCode::gone:
    case ErrorCode::password_required:
    case ErrorCode::wrong_password:
    case ErrorCode::second_factor_required:
    case ErrorCode::wrong_second_factor:
    case ErrorCode::wrong_current_password:
    case ErrorCode::scope_missing:
    case ErrorCode::registration_closed:
    case ErrorCode::connection_ended:
    case ErrorCode::not_verified:
    case ErrorCode::peer_blocked:
      return 3;
    case ErrorCode::peer_unreachable:
      return 4;
    case ErrorCode::not_found:
    case ErrorCode::sender_gone:
      return 5;
    default:
      return 1;
  }
}

}  // namespace kith::client
