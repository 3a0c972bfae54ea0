#include "client/listing.hpp"

#include <nlohmann/json.hpp>

#include "client/limits.hpp"
#include "client/progress.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::Json;

constexpr const char* kNothing = "-";

const Json* found(const Json& object, const char* field) {
  if (!object.is_object()) return nullptr;
  const auto value = object.find(field);
  return value == object.end() ? nullptr : &*value;
}

}  // namespace

std::string text_cell(const Json& object, const char* field) {
  auto text = printable(text_of(object, field));
  return text.empty() ? kNothing : text;
}

std::string time_cell(const Json& object, const char* field) {
  const auto text = text_of(object, field);
  return text.empty() ? kNothing : time_text(text);
}

std::string size_cell(const Json& object, const char* field) {
  const auto* value = found(object, field);
  return value != nullptr && value->is_number_unsigned() ? size_text(value->get<std::uint64_t>()) : kNothing;
}

std::string number_cell(const Json& object, const char* field) {
  const auto* value = found(object, field);
  return value != nullptr && value->is_number_integer() ? std::to_string(value->get<std::int64_t>()) : kNothing;
}

bool is_true(const Json& object, const char* field) {
  const auto* value = found(object, field);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::string yes_cell(const Json& object, const char* field) {
  return is_true(object, field) ? "yes" : "no";
}

Column column(std::string heading, const char* field, Cell cell) {
  return {std::move(heading), [field, cell](const Json& item) { return cell(item, field); }};
}

core::Expected<Json> all_items(Api& api, const std::string& target, const Wanted& wanted) {
  Json items = Json::array();
  const auto take = [&](const Json& item) -> core::Expected<void> {
    if (!wanted || wanted(item)) items.push_back(item);
    return {};
  };
  KITH_TRY(api.each(target, take, kMaxListed));
  return items;
}

void print_list(const Output& output, const Json& items, const std::vector<Column>& columns,
                std::string_view when_empty) {
  if (output.json()) return output.document(items);
  std::vector<std::string> headings;
  for (const auto& each : columns) headings.push_back(each.heading);
  Table table(headings);
  for (const auto& item : items) {
    std::vector<std::string> row;
    for (const auto& each : columns) row.push_back(each.cell(item));
    table.add(std::move(row));
  }
  if (table.empty()) Output::notice(when_empty);
  table.print();
}

}  // namespace kith::client
