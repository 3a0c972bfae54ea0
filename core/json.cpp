#include "core/json.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "core/encoding.hpp"

namespace kith::core {
namespace {

// Builds the document while it is read, and stops at the first thing that is not allowed.
class StrictReader final : public nlohmann::json_sax<Json> {
 public:
  explicit StrictReader(const JsonLimits& limits) : limits_(limits) {}

  bool null() override { return put(Json(nullptr)); }
  bool boolean(bool value) override { return put(Json(value)); }
  bool number_integer(number_integer_t value) override { return put(Json(value)); }
  bool number_unsigned(number_unsigned_t value) override { return put(Json(value)); }
  bool number_float(number_float_t value, const string_t&) override { return put(Json(value)); }
  bool string(string_t& value) override { return put(Json(std::move(value))); }
  bool binary(binary_t&) override { return refuse("binary value"); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (stack_.back()->contains(name)) return refuse("the field \"" + name.substr(0, 64) + "\" stands twice");
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse("not valid JSON at byte " + std::to_string(position));
  }

  Json take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }

 private:
  bool refuse(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
    return false;
  }
  Json* place(Json value) {
    if (++values_ > limits_.max_values) {
      refuse("too many values");
      return nullptr;
    }
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *stack_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[key_] = std::move(value));
  }
  bool put(Json value) { return place(std::move(value)) != nullptr; }
  bool open(Json container) {
    if (stack_.size() >= limits_.max_depth) return refuse("nested too deep");
    Json* placed = place(std::move(container));
    if (placed == nullptr) return false;
    stack_.push_back(placed);
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  Json root_;
  std::vector<Json*> stack_;  // a parent grows only while none of its children is open, so these stay valid
  std::string key_;
  std::size_t values_ = 0;
  std::string problem_;
};

Unexpected wrong_field(std::string_view field, std::string_view what) {
  return fail(ErrorCode::bad_request, "the field \"" + std::string(field) + "\" " + std::string(what));
}

const Json* field_of(const Json& object, std::string_view field) {
  const auto found = object.find(field);
  return found == object.end() ? nullptr : &*found;
}

// Turns an optional_… reader's result into that of its required_… twin.
template <class T>
Expected<T> must_be_there(std::string_view field, Expected<std::optional<T>> value) {
  if (!value) return tl::make_unexpected(std::move(value.error()));
  if (!*value) return wrong_field(field, "is missing");
  return std::move(**value);
}

}  // namespace

Expected<Json> parse_json_object(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorCode::too_large, "the JSON body is longer than " + std::to_string(limits.max_bytes) + " bytes");
  }
  // nlohmann-json would skip a byte order mark; RFC 8259, section 8.1 says not to send one.
  if (text.starts_with("\xEF\xBB\xBF")) return fail(ErrorCode::bad_request, "the body begins with a byte order mark");
  StrictReader reader(limits);
  if (!Json::sax_parse(text, &reader)) return fail(ErrorCode::bad_request, "the body: " + reader.problem());
  Json document = reader.take();
  if (!document.is_object()) return fail(ErrorCode::bad_request, "the body must be a JSON object");
  return document;
}

Expected<std::optional<std::string>> optional_text(const Json& object, std::string_view field, std::size_t max_bytes) {
  const Json* value = field_of(object, field);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return wrong_field(field, "must be a text");
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() > max_bytes) return wrong_field(field, "is longer than " + std::to_string(max_bytes) + " bytes");
  return text;
}

Expected<std::string> required_text(const Json& object, std::string_view field, std::size_t max_bytes) {
  return must_be_there(field, optional_text(object, field, max_bytes));
}

Expected<std::optional<std::int64_t>> optional_integer(const Json& object, std::string_view field, std::int64_t min,
                                                       std::int64_t max) {
  const Json* value = field_of(object, field);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) return wrong_field(field, "must be a whole number");
  const bool too_big =
      value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  const auto number = too_big ? INT64_MAX : value->get<std::int64_t>();
  if (too_big || number < min || number > max) {
    return wrong_field(field, "must be from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return number;
}

Expected<std::int64_t> required_integer(const Json& object, std::string_view field, std::int64_t min,
                                        std::int64_t max) {
  return must_be_there(field, optional_integer(object, field, min, max));
}

Expected<std::optional<bool>> optional_bool(const Json& object, std::string_view field) {
  const Json* value = field_of(object, field);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) return wrong_field(field, "must be true or false");
  return value->get<bool>();
}

Expected<bool> required_bool(const Json& object, std::string_view field) {
  return must_be_there(field, optional_bool(object, field));
}

Expected<std::optional<Timestamp>> optional_timestamp(const Json& object, std::string_view field) {
  KITH_TRY_ASSIGN(text, optional_text(object, field, 64));
  if (!text) return std::nullopt;
  const auto time = parse_timestamp(*text);
  if (!time) return wrong_field(field, "must be a time like 2026-01-31T12:00:00.000Z");
  return *time;
}

Expected<Timestamp> required_timestamp(const Json& object, std::string_view field) {
  return must_be_there(field, optional_timestamp(object, field));
}

Expected<std::vector<std::string>> required_text_list(const Json& object, std::string_view field, std::size_t max_items,
                                                      std::size_t max_bytes) {
  const Json* value = field_of(object, field);
  if (value == nullptr) return wrong_field(field, "is missing");
  if (!value->is_array()) return wrong_field(field, "must be a list");
  if (value->size() > max_items) return wrong_field(field, "has more than " + std::to_string(max_items) + " items");
  std::vector<std::string> items;
  items.reserve(value->size());
  for (const auto& item : *value) {
    if (!item.is_string()) return wrong_field(field, "must be a list of texts");
    items.push_back(item.get<std::string>());
    if (items.back().size() > max_bytes) return wrong_field(field, "has an item that is too long");
  }
  return items;
}

Expected<void> only_fields(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, std::string_view(name)) == known.end()) {
      return wrong_field(name.substr(0, 64), "is not known here");
    }
  }
  return {};
}

std::string to_json_text(const Json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace kith::core
