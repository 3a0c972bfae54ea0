#include "federation/key_statement.hpp"

#include "core/length_prefixed.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {
namespace {

core::Unexpected broken(std::string detail) {
  return core::fail(core::ErrorCode::key_mismatch, "the key statements do not hold: " + std::move(detail));
}

}  // namespace

core::Bytes key_statement_bytes(const KeyStatement& statement) {
  core::LengthPrefixed bytes;
  bytes.add(kKeyStatementLabel)
      .add(statement.domain.text())
      .add_u64(statement.number)
      .add(statement.old_key.view())
      .add(statement.new_key.view())
      .add(core::format_timestamp(statement.timestamp));
  return core::to_bytes(bytes.view());
}

KeyStatement make_key_statement(const Domain& domain, std::uint64_t number, const core::SigningKey& old_key,
                                const core::SigningKey& new_key, core::Timestamp timestamp) {
  KeyStatement statement{domain, number, old_key.public_key(), new_key.public_key(), timestamp, {}, {}};
  const auto bytes = key_statement_bytes(statement);
  statement.old_signature = old_key.sign(bytes);
  statement.new_signature = new_key.sign(bytes);
  return statement;
}

bool is_valid(const KeyStatement& statement) {
  if (statement.number == 0 || statement.old_key == statement.new_key) return false;
  if (!core::is_sound_key(statement.old_key) || !core::is_sound_key(statement.new_key)) return false;
  const auto bytes = key_statement_bytes(statement);
  return core::verify_signature(statement.old_key, bytes, statement.old_signature) &&
         core::verify_signature(statement.new_key, bytes, statement.new_signature);
}

core::Expected<void> check_chain(const Domain& domain, const std::vector<KeyStatement>& chain,
                                 const InstanceKey& current) {
  if (chain.empty()) return {};
  if (chain.size() > kMaxKeyStatements) return broken("there are too many");
  const KeyStatement* before = nullptr;
  for (const auto& statement : chain) {
    if (statement.domain != domain) return broken("one names another domain");
    if (before != nullptr && (statement.number != before->number + 1 || statement.old_key != before->new_key)) {
      return broken("they do not follow on each other");
    }
    if (!is_valid(statement)) return broken("a signature is wrong");
    before = &statement;
  }
  if (before->new_key != current) return broken("they lead to another key");
  return {};
}

std::uint64_t current_number(const std::vector<KeyStatement>& chain) {
  return chain.empty() ? 0 : chain.back().number;
}

SuccessionResult judge_succession(const PinnedKey& pinned, const std::vector<KeyStatement>& chain,
                                  const InstanceKey& current) {
  if (!check_chain(pinned.domain, chain, current)) return {Succession::unknown, 0};
  bool leads_on = false;
  for (const auto& statement : chain) {
    // Statement n tells of keys n-1 and n: one of them may have the pinned number.
    if (statement.number == pinned.number && statement.new_key != pinned.key) return {Succession::fork, 0};
    if (statement.number - 1 == pinned.number) {
      if (statement.old_key != pinned.key) return {Succession::fork, 0};
      leads_on = true;
    }
  }
  if (current == pinned.key) return {Succession::same, pinned.number};
  if (leads_on) return {Succession::succeeded, chain.back().number};
  return {Succession::unknown, 0};
}

bool is_fork(const KeyStatement& a, const KeyStatement& b) {
  return a.domain == b.domain && a.old_key == b.old_key && a.new_key != b.new_key && is_valid(a) && is_valid(b);
}

}  // namespace kith::federation
