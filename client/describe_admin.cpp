// `kith admin …` as CLI11 knows it.

#include <CLI/CLI.hpp>
#include <memory>

#include "client/admin_commands.hpp"
#include "client/commands.hpp"
#include "client/quantities.hpp"

namespace kith::client {
namespace {

constexpr const char* kWhoText = "Handle, address, e-mail address or id of the account";

// A command without options.
using Plain = Done (*)(const AccountOptions&, const Output&);
void describe_plain(CLI::App& parent, Wishes& wishes, const char* name, const char* text, Plain run) {
  auto& command = *parent.add_subcommand(name, text);
  command.footer(std::string("Example: kith admin ") + name);
  command.callback(
      [&wishes, run] { wishes.run = [&wishes, run](const Output& output) { return run(wishes.account, output); }; });
}

// One that changes an account; `change` is filled in by its options.
CLI::App& describe_change(CLI::App& users, Wishes& wishes, const char* name, const char* text,
                          const std::shared_ptr<UserChange>& change) {
  auto& command = *users.add_subcommand(name, text);
  command.add_option("WHO", change->who, kWhoText)->required();
  command.callback([&wishes, change] {
    wishes.run = [&wishes, change](const Output& output) { return change_user(*change, wishes.account, output); };
  });
  return command;
}

void describe_user_changes(CLI::App& users, Wishes& wishes) {
  const auto suspend = std::make_shared<UserChange>(), reactivate = std::make_shared<UserChange>(),
             permission = std::make_shared<UserChange>(), quota = std::make_shared<UserChange>();
  suspend->state = "suspended";
  describe_change(users, wishes, "suspend", "Nobody logs in to it, and what it shares is served to nobody", suspend)
      .footer("Example: kith admin users suspend carol");
  reactivate->state = "active";
  describe_change(users, wishes, "reactivate", "Undo a suspension", reactivate)
      .footer("Example: kith admin users reactivate carol");
  auto& set_permission =
      describe_change(users, wishes, "set-permission", "What an account may do; ends its log-ins", permission);
  set_permission.add_option("PERMISSION", permission->permission, "none, user or admin")
      ->required()
      ->check(CLI::IsMember({"none", "user", "admin"}));
  set_permission.footer("Example: kith admin users set-permission carol admin");
  auto& set_quota = describe_change(users, wishes, "set-quota", "How much an account may store", quota);
  set_quota
      .add_option_function<std::string>(
          "SIZE",
          [quota](const std::string& text) {
            quota->quota_bytes = parse_size(text);
            if (!quota->quota_bytes) throw CLI::ValidationError("SIZE", "write it like 500MB or 200GB");
          },
          "Like 500MB or 200GB")
      ->required();
  set_quota.footer("Example: kith admin users set-quota carol 200GB");
}

void describe_users(CLI::App& admin, Wishes& wishes) {
  auto& users = *admin.add_subcommand("users", "Accounts: lists them, or changes one");
  users.require_subcommand(0, 1);
  const auto everybody = std::make_shared<bool>(false);
  const auto run = [&wishes, everybody] {
    wishes.run = [&wishes, everybody](const Output& output) { return list_users(*everybody, wishes.account, output); };
  };
  auto& list = *users.add_subcommand("list", "All accounts, in the order they came");
  list.add_flag("--all", *everybody, "People on other servers too, whom people here know");
  list.footer("Example: kith admin users list --json");
  list.callback(run);
  describe_user_changes(users, wishes);
  users.footer("Example: kith admin users suspend carol");
  users.callback([&users, run] {
    if (users.get_subcommands().empty()) run();
  });
}

void describe_accept_key(CLI::App& instances, Wishes& wishes) {
  const auto domain = std::make_shared<std::string>(), fingerprint = std::make_shared<std::string>();
  auto& command = *instances.add_subcommand(
      "accept-key", "Accept another key of a server, once its people told you on another way that they changed it");
  command.add_option("DOMAIN", *domain, "As in addresses, behind the @")->required();
  command.add_option("--fingerprint", *fingerprint, "Of the new key, as its people read it to you")->required();
  command.footer("Example: kith admin instances accept-key b.example --fingerprint '5T7R LT5D …'");
  command.callback([&wishes, domain, fingerprint] {
    wishes.run = [&wishes, domain, fingerprint](const Output& output) {
      return accept_instance_key(*domain, *fingerprint, wishes.account, output);
    };
  });
}

void describe_instances(CLI::App& admin, Wishes& wishes) {
  auto& instances = *admin.add_subcommand("instances", "Other servers that are known here: lists them, or blocks one");
  instances.require_subcommand(0, 1);
  const auto run = [&wishes] {
    wishes.run = [&wishes](const Output& output) { return list_instances(wishes.account, output); };
  };
  auto& list = *instances.add_subcommand("list", "All of them, by domain");
  list.footer("Example: kith admin instances list");
  list.callback(run);
  const auto add_deed = [&](const std::string& deed, const char* text) {
    const auto domain = std::make_shared<std::string>();
    auto& command = *instances.add_subcommand(deed, text);
    command.add_option("DOMAIN", *domain, "As in addresses, behind the @")->required();
    command.footer("Example: kith admin instances " + deed + " m.example");
    command.callback([&wishes, domain, deed] {
      wishes.run = [&wishes, domain, deed](const Output& output) {
        return change_instance(*domain, deed, wishes.account, output);
      };
    });
  };
  add_deed("block", "Send nothing to it and take nothing from it; it need not be known yet");
  add_deed("unblock", "Take a block back");
  describe_accept_key(instances, wishes);
  instances.footer("Example: kith admin instances block m.example");
  instances.callback([&instances, run] {
    if (instances.get_subcommands().empty()) run();
  });
}

void describe_audit_log(CLI::App& admin, Wishes& wishes) {
  const auto query = std::make_shared<AuditQuery>();
  auto& log = *admin.add_subcommand("audit-log", "Who did what, when, from where; the newest first");
  log.add_option("--actor", query->actor, "Only what this one did: an account, shell, kithd, or another server");
  log.add_option("--action", query->action, "Only this, like log_in");
  log.add_option("--subject", query->subject, "Only what was done to this one");
  log.add_option("--from", query->from, "Only since this day (2026-05-01) or time (2026-05-01T12:00:00Z)");
  log.add_option("--to", query->to, "Only before this day or time");
  log.add_option("--limit", query->limit, "How many at most")->check(CLI::Range(1, 500))->capture_default_str();
  log.footer("Example: kith admin audit-log --action log_in_throttled --from 2026-05-01");
  log.callback([&wishes, query] {
    wishes.run = [&wishes, query](const Output& output) { return show_audit_log(*query, wishes.account, output); };
  });
}

}  // namespace

void describe_admin(CLI::App& app, Wishes& wishes) {
  auto& admin = *app.add_subcommand("admin", "For those who keep the server");
  admin.require_subcommand(1);
  admin.footer("Example: kith admin health");
  describe_users(admin, wishes);
  describe_plain(admin, wishes, "connections", "Who here is connected with whom elsewhere", list_all_connections);
  describe_instances(admin, wishes);
  describe_plain(admin, wishes, "storage", "What lies on the disk, and whose it is", show_storage);
  describe_plain(admin, wishes, "health", "What goes well and what does not, and what to do about it", show_health);
  describe_plain(admin, wishes, "alerts", "What an admin should look at", list_alerts);
  describe_audit_log(admin, wishes);
  describe_plain(admin, wishes, "rotate-secrets", "Sign new log-ins by a new secret; nobody is logged out",
                 rotate_secrets);
}

}  // namespace kith::client
