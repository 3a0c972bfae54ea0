#pragma once
// What goes to standard output: a table or lines for people, or with --json exactly one document. Notices go to
// standard error. Texts of others must have gone through printable() before they come here, but for JSON, which
// escapes. One thread.

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/json.hpp"

namespace kith::client {

class Output {
 public:
  explicit Output(bool json) : json_(json) {}
  bool json() const { return json_; }
  // With --json only.
  void document(const core::Json& value) const;
  // Without --json only: a line on standard output.
  void line(std::string_view text) const;
  // What was done to one of several things: its name, a line for scripts, and `words` for people, unless they want it
  // `quiet`. Who sees both on one terminal gets the words only.
  void done(std::string_view name, std::string_view words, bool quiet) const;
  // A line on standard error, with --json too.
  static void notice(std::string_view text);
  // How a command ended that failed.
  void error(const core::Error& error) const;

 private:
  const bool json_;
};

// Columns for people, as wide as they must be; its headings are shown on a terminal only, so that scripts see rows.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  // One cell for each heading.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  // On standard output.
  void print() const;
  // As it is printed: pure.
  std::string text(bool with_headings) const;

 private:
  const std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

// "2026-11-20 14:15", in this computer's time zone; printable text as it is when it is no timestamp of the API.
std::string time_text(std::string_view timestamp);
// 0 done; see command_line.hpp for the others.
int exit_status(core::ErrorCode code);

}  // namespace kith::client
