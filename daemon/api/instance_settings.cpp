#include "daemon/api/instance_settings.hpp"

#include "daemon/api/instance_name.hpp"
#include "daemon/api/kept_settings.hpp"

namespace kith::daemon {

using core::ErrorCode;
using core::Expected;
using core::fail;

namespace {

accounts::AuditEvent audit_event(const accounts::Actor& actor, const char* action, const std::string& now,
                                 const std::string& before) {
  return {actor.name, action, now, actor.address, "was " + before};
}

}  // namespace

Expected<InstanceView> InstanceSettings::view() const {
  KITH_TRY_ASSIGN(view, parts_.database.read_for<InstanceView>(
                            [&](storage::Reader& reader) { return view_of(parts_.config.instance, reader); }));
  view.name = parts_.identity.name();
  return view;
}

Expected<InstanceView> InstanceSettings::view_of(const config::Instance& instance, storage::Reader& reader) const {
  InstanceView view{instance.domain, instance.name, instance.public_url, std::nullopt, instance.name_is_set};
  KITH_TRY_ASSIGN(in_use, parts_.domain_in_use(reader));
  if (in_use) view.domain_fixed_by = "connection";
  if (instance.domain_is_set) view.domain_fixed_by = "configuration";
  return view;
}

Expected<InstanceChange> InstanceSettings::change(const InstanceWish& wish, const accounts::Actor& actor) {
  if (wish.name) KITH_TRY(check_instance_name(*wish.name));
  if (wish.domain) KITH_TRY(check_instance_domain(*wish.domain));
  const std::lock_guard lock(mutex_);
  KITH_TRY_ASSIGN(outcome, parts_.database.write_for<Outcome>(
                               [&](storage::Transaction& transaction) { return keep(transaction, wish, actor); }));
  if (outcome.renamed) KITH_TRY(parts_.identity.rename(outcome.change.view.name));
  if (outcome.change.restarting && parts_.restart) parts_.restart();
  return std::move(outcome.change);
}

Expected<InstanceSettings::Outcome> InstanceSettings::keep(storage::Transaction& transaction, const InstanceWish& wish,
                                                           const accounts::Actor& actor) const {
  // What holds now, or after a restart that was asked for a moment ago.
  KITH_TRY_ASSIGN(choices, KeptSettings::choices(transaction));
  auto config = parts_.config;
  apply_choices(config, choices);
  const auto current = config.instance;
  Outcome outcome;
  if (wish.name && *wish.name != current.name) {
    if (current.name_is_set) {
      return fail(ErrorCode::conflict,
                  "The configuration file names this instance (instance.name): change it there, "
                  "or take the line out to choose the name here.");
    }
    KITH_TRY(KeptSettings::choose_name(transaction, *wish.name));
    KITH_TRY(parts_.audit.write(transaction, audit_event(actor, "instance_named", *wish.name, current.name)));
    outcome.renamed = true;
  }
  if (wish.domain && *wish.domain != current.domain) {
    KITH_TRY(may_move(transaction, current));
    KITH_TRY(KeptSettings::choose_domain(transaction, *wish.domain, true));
    KITH_TRY(parts_.audit.write(transaction, audit_event(actor, "instance_moved", *wish.domain, current.domain)));
    outcome.change.restarting = true;
  } else if (wish.domain && !current.domain_is_set) {
    // Worked out until now; from here on it stays, whatever this machine is called later.
    KITH_TRY(KeptSettings::choose_domain(transaction, *wish.domain, false));
  }
  KITH_TRY_ASSIGN(kept, KeptSettings::choices(transaction));
  apply_choices(config, kept);
  KITH_TRY_ASSIGN(view, view_of(config.instance, transaction));
  outcome.change.view = std::move(view);
  return outcome;
}

Expected<void> InstanceSettings::may_move(storage::Reader& reader, const config::Instance& current) const {
  if (current.domain_is_set) {
    return fail(ErrorCode::conflict,
                "The configuration file names the domain (instance.domain): change it there, or "
                "take the line out to choose the domain here.");
  }
  KITH_TRY_ASSIGN(in_use, parts_.domain_in_use(reader));
  if (in_use) {
    return fail(ErrorCode::conflict, "People elsewhere know this instance as " + current.domain +
                                         ": revoke or reject every connection and every request for one before "
                                         "changing the domain.");
  }
  return {};
}

}  // namespace kith::daemon
