#include "tests/support/federation_node.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "core/alerts.hpp"

namespace kith::test {

using core::Expected;
using federation::Step;

namespace {

template <class T>
T must(Expected<T> value, const char* what) {
  if (!value) throw std::runtime_error(std::string(what) + ": " + value.error().detail);
  return std::move(*value);
}
void must(const Expected<void>& value, const char* what) {
  if (!value) throw std::runtime_error(std::string(what) + ": " + value.error().detail);
}

Expected<std::optional<federation::LocalUser>> find_user(storage::Reader& reader, std::string_view where,
                                                         std::string_view value) {
  std::optional<federation::LocalUser> found;
  const std::string sql =
      "SELECT id, handle, state, permission FROM users WHERE is_local = 1 AND " + std::string(where) + " = ?";
  KITH_TRY(reader.query(sql, {value}, [&](const storage::Row& row) {
    found = federation::LocalUser{*core::UserId::parse(row.text(0)), row.text(1), row.text(2) == "active",
                                  row.text(3) == "admin"};
    return false;
  }));
  return found;
}

}  // namespace

Expected<std::optional<federation::LocalUser>> NodeUsers::find_by_handle(storage::Reader& reader,
                                                                         std::string_view handle) {
  return find_user(reader, "handle", handle);
}
Expected<std::optional<federation::LocalUser>> NodeUsers::find_by_id(storage::Reader& reader, const core::UserId& id) {
  return find_user(reader, "id", id.text());
}
Expected<core::UserId> NodeUsers::ensure_remote(storage::Transaction& transaction, const federation::Address& address) {
  std::optional<core::UserId> found;
  KITH_TRY(transaction.query("SELECT id FROM users WHERE domain = ? AND handle = ?",
                             {address.domain().text(), address.handle()}, [&](const storage::Row& row) {
                               found = core::UserId::parse(row.text(0));
                               return false;
                             }));
  if (found) return *found;
  const auto id = core::UserId::make(clock_, random_);
  KITH_TRY(transaction.execute(
      "INSERT INTO users (id, handle, domain, is_local, permission, state, quota_bytes, created_at, updated_at) "
      "VALUES (?, ?, ?, 0, 'none', 'active', 0, ?, ?)",
      {id.text(), address.handle(), address.domain().text(), clock_.now(), clock_.now()}));
  return id;
}

void NodeEvents::changed(const core::ConnectionId& id, const core::UserId& user) {
  if (use_database) use_database();
  changes.push_back(id.text() + " " + user.text());
}
void NodeEvents::alert(std::string_view kind, std::string_view about, const std::string& detail) {
  if (use_database) use_database();
  alerts.push_back(std::string(kind) + " " + std::string(about) + ": " + detail);
}
void NodeEvents::refused(std::string_view step, const std::string&, const std::string& reason) {
  if (use_database) use_database();
  refusals.push_back(std::string(step) + ": " + reason);
}

FederationNode::FederationNode(FakePeerNetwork& network, FakeClock& clock, NodeOptions options)
    : network_(network),
      clock_(clock),
      options_(std::move(options)),
      folder_(std::make_unique<TempDir>()),
      random_(options_.seed),
      users_(clock, random_) {
  start();
}

FederationNode::~FederationNode() {
  stop();
}

void FederationNode::start() {
  auto now = std::make_unique<Running>();
  storage::DatabaseOptions database_options;
  database_options.synchronous_full = false;
  now->database = must(storage::Database::open(*folder_ / "kith.db", database_options), "database");
  std::array<std::uint8_t, 32> master{};
  master.fill(7);
  now->vault = must(storage::KeyVault::open(*now->database, storage::MasterKey(master), random_), "vault");
  now->identity = must(federation::InstanceIdentity::open(*now->database, *now->vault, clock_, random_,
                                                          {options_.domain, options_.domain, "kith/test"},
                                                          [](storage::Reader&) { return Expected<bool>(false); }),
                       "identity");
  now->transport = network_.transport_of(options_.domain);
  now->door = std::make_unique<federation::PeerDoor>(
      *now->transport, *now->database, clock_, federation::PeerDoorOptions{.allow_http = true}, core::Logger::none());
  now->directory = std::make_unique<federation::InstanceDirectory>(
      *now->door, *now->database, *now->identity, clock_, core::Logger::none(),
      [this](std::string_view domain, std::string_view text) {
        events_.alert(core::alert_kinds::kPeerKeyChanged, domain, std::string(text));
      });
  now->outbox = std::make_unique<federation::Outbox>(*now->database, clock_, random_, core::Logger::none());
  now->connections = std::make_unique<federation::Connections>(*now->database, *now->vault, clock_);
  now->invites = std::make_unique<federation::Invites>(federation::Invites::Parts{
      *now->database, *now->vault, clock_, random_, users_, *now->identity, "https://" + options_.domain});
  federation::HandshakeOptions handshake_options;
  handshake_options.delivery = options_.delivery;
  handshake_options.poll_wait = std::chrono::seconds{0};
  now->handshakes = std::make_unique<federation::Handshakes>(federation::Handshakes::Parts{
      *now->database, *now->vault, clock_, random_, core::Logger::none(), users_, *now->identity, *now->directory,
      *now->door, *now->outbox, events_, handshake_options});
  now->handshakes->set_channel(*this);
  events_.use_database = [&database = *now->database] {
    must(database.write([](storage::Transaction&) { return Expected<void>(); }), "events");
  };
  running_ = std::move(now);
  FakeListener listener{[this](const FakeArrival& arrival) { return serve(arrival); }, std::nullopt};
  if (options_.web_authority) listener.tls = federation::TlsFacts{true, true, core::sha256(core::as_bytes("leaf"))};
  network_.attach(options_.domain, std::move(listener));
}

void FederationNode::stop() {
  network_.detach(options_.domain);
  if (!running_) return;
  events_.use_database = nullptr;
  // In reverse: the members of Running would go in the same order, but say so.
  running_->handshakes.reset();
  running_->invites.reset();
  running_->connections.reset();
  running_->outbox.reset();
  running_->directory.reset();
  running_->door.reset();
  running_.reset();
}

void FederationNode::restart() {
  stop();
  start();
}

void FederationNode::lose_everything() {
  stop();
  folder_ = std::make_unique<TempDir>();
  start();
}

FederationNode::Running& FederationNode::running() {
  if (!running_) throw std::runtime_error(options_.domain + " is stopped");
  return *running_;
}

core::UserId FederationNode::add_user(const std::string& handle, bool admin) {
  const auto id = core::UserId::make(clock_, random_);
  const auto email = handle + "@mail.example";
  must(database().write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute(
        "INSERT INTO users (id, handle, is_local, email, permission, state, quota_bytes, created_at, updated_at) "
        "VALUES (?, ?, 1, ?, ?, 'active', 0, ?, ?)",
        {id.text(), handle, email, admin ? "admin" : "user", clock_.now(), clock_.now()}));
    return {};
  }),
       "user");
  return id;
}

void FederationNode::disable_user(const std::string& handle) {
  must(database().write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("UPDATE users SET state = 'suspended' WHERE handle = ?", {handle}));
    return {};
  }),
       "disable");
}

std::size_t FederationNode::run() {
  handshakes().expire();
  return outbox().run_due();
}

FakeAnswer FederationNode::serve(const FakeArrival& arrival) {
  FakeAnswer out;
  if (arrival.target == "/.well-known/kith") {
    out.headers = {{"Content-Type", "application/json"}};
    out.body = identity().discovery_document();
    return out;
  }
  const auto signature = federation::find_header(arrival.headers, "Kith-Signature").value_or("");
  const auto other = others_.find(arrival.from);
  const std::string source = other == others_.end() ? "192.0.2.200" : other->second->options_.source;
  const federation::WireQuestion question{arrival.body, signature, source};
  federation::WireAnswer answer;
  const std::map<std::string, Step> steps{{"/handshake/init", Step::init},
                                          {"/handshake/exchange", Step::exchange},
                                          {"/handshake/verify", Step::verify},
                                          {"/handshake/complete", Step::complete}};
  if (const auto step = steps.find(arrival.target); step != steps.end()) {
    answer = handshakes().answer(step->second, question);
  } else if (arrival.target == "/handshake/poll") {
    handshakes().poll(question, [&](federation::WireAnswer given) { answer = std::move(given); });
  } else {
    answer.status = 404;
  }
  out.status = answer.status;
  out.body = std::move(answer.body);
  out.headers = {{"Content-Type", answer.content_type}};
  if (!answer.signature.empty()) out.headers.emplace_back("Kith-Signature", answer.signature);
  return out;
}

federation::ConnectionView FederationNode::ask(const core::UserId& user, const std::string& peer,
                                               std::optional<std::string> invite) {
  return must(handshakes().start(user, {peer, "holiday photos", std::move(invite)}), "start");
}

std::vector<federation::ConnectionView> FederationNode::list(const std::optional<core::UserId>& user) {
  return must(connections().list(user, std::nullopt, 500), "list").items;
}

federation::ConnectionView FederationNode::only() {
  auto all = list();
  if (all.size() != 1) throw std::runtime_error(domain() + " has " + std::to_string(all.size()) + " connections");
  return all.front();
}

std::int64_t FederationNode::count(const std::string& sql) {
  std::int64_t number = -1;
  must(database().read([&](storage::Reader& reader) {
    return reader.query("SELECT count(*) FROM " + sql, {}, [&](const storage::Row& row) {
      number = row.integer(0);
      return false;
    });
  }),
       "count");
  return number;
}

std::string FederationNode::dump() {
  std::string out;
  const auto add = [&](const std::string& sql, int columns) {
    must(database().read([&](storage::Reader& reader) {
      return reader.query(sql, {}, [&](const storage::Row& row) {
        for (int i = 0; i < columns; ++i) out += (row.is_null(i) ? std::string("-") : row.text(i)) + "|";
        out += "\n";
        return true;
      });
    }),
         "dump");
  };
  add("SELECT id, state, phase, hidden, reason, hex(handshake_id), invite_use, approval, verified, words, "
      "hex(wire_id), own_epoch, peer_epoch, updated_at FROM connections ORDER BY id",
      14);
  add("SELECT connection_id, step, hex(request_hash), request, answer FROM handshake_steps ORDER BY 1, 2", 5);
  add("SELECT connection_id, name, hex(sealed) FROM handshake_secrets ORDER BY 1, 2", 3);
  add("SELECT connection_id, side, epoch, hex(sign_key), hex(box_key) FROM connection_keys ORDER BY 1, 2, 3", 5);
  add("SELECT connection_id, step, at, done, attempts FROM connection_timeline ORDER BY 1, 2", 5);
  add("SELECT hex(id), reserved, spent FROM invites ORDER BY 1", 3);
  return out;
}

Expected<federation::ChannelAnswer> FederationNode::send(const core::ConnectionId& connection, std::string_view,
                                                         std::string_view target, std::string_view body) {
  const auto record = must(connections().find(connection), "connection");
  if (!record) return core::fail(core::ErrorCode::not_found, "no such connection");
  if (!record->active && !record->ending) return core::fail(core::ErrorCode::connection_ended);
  const auto other = others_.find(record->peer_address.domain().text());
  if (other == others_.end() || !other->second->running_ || link == Link::lose_request) {
    return core::fail(core::ErrorCode::peer_unreachable, "no answer");
  }
  auto& peer = *other->second;
  const auto theirs = must(peer.connections().find_by_wire_id(record->wire_id), "their connection");
  if (!theirs) return core::fail(core::ErrorCode::not_found, "no such connection");
  if (!theirs->active) return core::fail(core::ErrorCode::connection_ended);
  const auto done = target == "/api/private/v1/rotate" ? peer.handshakes().on_rotate(theirs->id, body)
                                                       : peer.handshakes().on_revoke(theirs->id, body);
  if (link == Link::lose_answer) return core::fail(core::ErrorCode::peer_unreachable, "no answer");
  if (!done) return federation::ChannelAnswer{core::error_info(done.error().code).http_status, {}};
  return federation::ChannelAnswer{204, {}};
}

void settle(std::initializer_list<FederationNode*> nodes) {
  for (int round = 0; round < 100; ++round) {
    std::size_t ran = 0;
    for (auto* node : nodes) ran += node->run();
    if (ran == 0) return;
  }
  ADD_FAILURE() << "the nodes never come to rest";
}

bool settle_until(FakeClock& clock, std::initializer_list<FederationNode*> nodes, const std::function<bool()>& done,
                  std::chrono::milliseconds longest) {
  std::chrono::milliseconds passed{0};
  auto step = std::chrono::milliseconds{1'000};
  while (true) {
    settle(nodes);
    if (done()) return true;
    if (passed >= longest) return false;
    clock.advance(step);
    passed += step;
    step = std::min(step * 3 / 2, std::chrono::milliseconds{5 * 60'000});
  }
}

}  // namespace kith::test
