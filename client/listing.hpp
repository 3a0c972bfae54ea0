#pragma once
// What the server says, shown: fields of its objects as cells, and lists of them as tables or, with --json, as one
// array. One thread.

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "client/api.hpp"
#include "client/output.hpp"

namespace kith::client {

// Cells: printable, and "-" for what is empty, absent or of another type.
std::string text_cell(const core::Json& object, const char* field);
std::string time_cell(const core::Json& object, const char* field);
std::string size_cell(const core::Json& object, const char* field);
std::string number_cell(const core::Json& object, const char* field);
// "yes" or "no".
std::string yes_cell(const core::Json& object, const char* field);
bool is_true(const core::Json& object, const char* field);

struct Column {
  std::string heading;
  std::function<std::string(const core::Json&)> cell;
};
// A column of one field.
using Cell = std::string (*)(const core::Json&, const char*);
Column column(std::string heading, const char* field, Cell cell = text_cell);

// All items of a list of the API that `wanted` takes, as an array. too_large beyond kMaxListed.
using Wanted = std::function<bool(const core::Json&)>;
[[nodiscard]] core::Expected<core::Json> all_items(Api& api, const std::string& target, const Wanted& wanted = {});

// `items`: an array. `when_empty` is a notice for people.
void print_list(const Output& output, const core::Json& items, const std::vector<Column>& columns,
                std::string_view when_empty);

}  // namespace kith::client
