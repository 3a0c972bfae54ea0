#include "daemon/http/accept_encoding.hpp"

#include <optional>

#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

// Weights are thousandths. What the client did not mention comes after all it did.
constexpr int kFullWeight = 1000;
constexpr int kUnmentionedIdentity = 0;
constexpr int kRefused = -1;

struct Weights {
  std::optional<int> identity, gzip, brotli, any_other;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "0.25" in thousandths (RFC 9110, section 12.4.2): 0 or 1, and up to three decimals.
std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text.front() != '0' && text.front() != '1')) return std::nullopt;
  int weight = text.front() == '1' ? kFullWeight : 0;
  if (text.size() == 1) return weight;
  if (text[1] != '.') return std::nullopt;
  int place = kFullWeight / 10;
  for (const char digit : text.substr(2)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    weight += (digit - '0') * place;
    place /= 10;
  }
  return weight <= kFullWeight ? std::optional(weight) : std::nullopt;
}

std::optional<int>* place_of(Weights& weights, std::string_view name) {
  using core::equal_ignoring_case;
  if (equal_ignoring_case(name, "br")) return &weights.brotli;
  if (equal_ignoring_case(name, "gzip") || equal_ignoring_case(name, "x-gzip")) return &weights.gzip;
  if (equal_ignoring_case(name, "identity")) return &weights.identity;
  if (name == "*") return &weights.any_other;
  return nullptr;
}

// "gzip" or "gzip;q=0.5".
void read_item(std::string_view item, Weights& weights) {
  const auto semicolon = std::min(item.find(';'), item.size());
  auto* place = place_of(weights, trimmed(item.substr(0, semicolon)));
  if (place == nullptr) return;
  int weight = kFullWeight;
  if (semicolon < item.size()) {
    const auto parameter = trimmed(item.substr(semicolon + 1));
    if (!core::equal_ignoring_case(parameter.substr(0, 2), "q=")) return;
    const auto parsed = parse_weight(parameter.substr(2));
    if (!parsed) return;
    weight = *parsed;
  }
  *place = weight == 0 ? kRefused : weight;
}

Weights read_weights(const Headers& headers) {
  Weights weights;
  for (const auto& [name, value] : headers.all()) {
    if (!core::equal_ignoring_case(name, "Accept-Encoding")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto item = rest.substr(0, rest.find(','));
      read_item(item, weights);
      rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    }
  }
  return weights;
}

int weight_of(const Weights& weights, ContentCoding coding) {
  switch (coding) {
    case ContentCoding::brotli:
      return weights.brotli.value_or(weights.any_other.value_or(kRefused));
    case ContentCoding::gzip:
      return weights.gzip.value_or(weights.any_other.value_or(kRefused));
    case ContentCoding::identity:
      break;
  }
  return weights.identity.value_or(weights.any_other.value_or(kUnmentionedIdentity));
}

}  // namespace

std::string_view coding_name(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::brotli:
      return "br";
    case ContentCoding::gzip:
      return "gzip";
    case ContentCoding::identity:
      break;
  }
  return "identity";
}

ContentCoding choose_coding(const Headers& headers, std::span<const ContentCoding> offered) {
  const auto weights = read_weights(headers);
  auto best = ContentCoding::identity;
  int most = kRefused;
  for (const auto coding : offered) {
    const int weight = weight_of(weights, coding);
    if (weight <= most) continue;
    best = coding;
    most = weight;
  }
  return best;
}

}  // namespace kith::daemon
