#include "daemon/cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "accounts/login_link.hpp"
#include "config/config.hpp"
#include "daemon/app/mail_way.hpp"
#include "daemon/cli/doctor_command.hpp"
#include "daemon/cli/serve.hpp"
#include "daemon/cli/upkeep_commands.hpp"
#include "daemon/cli/user_commands.hpp"

namespace kith::daemon {
namespace {

constexpr const char* kDefaultConfig = "/etc/kith/kith.yaml";
constexpr int kLongestLinkMinutes = std::chrono::minutes(accounts::kLongestLinkLife).count();

core::Expected<config::Config> configuration_file(const std::string& file) {
  if (!file.empty()) return config::load_config(file);
  std::error_code ignored;
  if (std::filesystem::exists(kDefaultConfig, ignored)) return config::load_config(kDefaultConfig);
  return config::default_config();
}

// What a parsed command line asks for; filled in by CLI11.
struct Wishes {
  std::string config_file;
  std::string log_format;  // empty: as the configuration says
  bool check_config = false;
  UserCommand user;
  bool json = false;  // of doctor
  UpkeepCommand upkeep;
};

// What the command line says goes before what the file says.
core::Expected<config::Config> configuration(const Wishes& wishes) {
  auto config = configuration_file(wishes.config_file);
  if (!config || wishes.log_format.empty()) return config;
  using core::LogFormat;
  const auto& name = wishes.log_format;
  config->log.format = name == "text" ? LogFormat::text : name == "json" ? LogFormat::json : LogFormat::journal;
  return config;
}

void describe_user_commands(CLI::App& app, Wishes& wishes) {
  auto* user = app.add_subcommand("user", "Accounts on this instance, also while the daemon runs");
  user->require_subcommand(1);
  const auto add = [&](const char* name, const char* text, UserCommand::Kind kind) {
    auto* command = user->add_subcommand(name, text);
    command->fallthrough();
    command->callback([&wishes, kind] { wishes.user.kind = kind; });
    return command;
  };
  const auto needs_password = [&](CLI::App* command) {
    command->add_flag("--password-stdin", wishes.user.password_stdin,
                      "Read the password, one line, from standard input");
  };
  auto* adding = add("add", "Make an account", UserCommand::Kind::add);
  adding->add_option("EMAIL", wishes.user.who, "E-mail address to log in with")->required();
  adding->add_option("--handle", wishes.user.handle, "Name in alice@a.example (default: from the e-mail address)");
  adding->add_flag("--admin", wishes.user.admin, "With permission to administer");
  needs_password(adding);
  add("list", "List the accounts", UserCommand::Kind::list);
  auto* password =
      add("set-password", "Set a password; ends all log-ins and API tokens", UserCommand::Kind::set_password);
  password->add_option("USER", wishes.user.who, "E-mail address or handle")->required();
  needs_password(password);
  auto* permission = add("set-permission", "Set a permission; ends all log-ins", UserCommand::Kind::set_permission);
  permission->add_option("USER", wishes.user.who, "E-mail address or handle")->required();
  permission->add_option("PERMISSION", wishes.user.permission, "none, user or admin")
      ->required()
      ->check(CLI::IsMember({"none", "user", "admin"}));
  auto* link = add("log-in-link", "Print a link that logs a user in once", UserCommand::Kind::log_in_link);
  link->add_option("USER", wishes.user.who, "E-mail address or handle")->required();
  link->add_option("--minutes", wishes.user.minutes, "How long it is good, a week at most")
      ->check(CLI::Range(1, kLongestLinkMinutes))
      ->capture_default_str();
  auto* suspend =
      add("suspend", "Let a user in no more; what they share is not served meanwhile", UserCommand::Kind::suspend);
  suspend->add_option("USER", wishes.user.who, "E-mail address or handle")->required();
  auto* reactivate = add("reactivate", "Take back a suspension", UserCommand::Kind::reactivate);
  reactivate->add_option("USER", wishes.user.who, "E-mail address or handle")->required();
  auto* remove =
      add("delete", "Delete an account with its files, shares, links and connections", UserCommand::Kind::remove);
  remove->add_option("USER", wishes.user.who, "E-mail address or handle")->required();
  remove->add_flag("--yes", wishes.user.yes, "Do not ask");
}

void describe_doctor(CLI::App& app, Wishes& wishes) {
  auto* doctor = app.add_subcommand("doctor", "Say what is wrong with this instance, and what to do");
  doctor->fallthrough();
  doctor->add_flag("--json", wishes.json, "An array of objects, as GET /api/admin/health has them");
}

int fail_with(const core::Error& error) {
  std::cerr << "kithd: " << (error.detail.empty() ? std::string(core::error_info(error.code).title) : error.detail)
            << "\n";
  return 1;
}

int carry_out(const Wishes& wishes, const CLI::App& app) {
  const auto config = configuration(wishes);
  if (!config) return fail_with(config.error());
  if (wishes.check_config) {
    if (const auto sound = check_mail(config->mail); !sound) return fail_with(sound.error());
    std::cout << "The configuration is fine.\n";
    return 0;
  }
  if (wishes.upkeep.kind != UpkeepCommand::Kind::none) {
    const auto status = run_upkeep_command(*config, wishes.upkeep);
    return status ? static_cast<int>(*status) : fail_with(status.error());
  }
  if (app.got_subcommand("doctor")) return run_doctor(*config, wishes.json, std::cout) ? 0 : 1;
  const auto done = app.got_subcommand("user") ? run_user_command(*config, wishes.user, std::cin, std::cout)
                                               : serve(*config, [&wishes] { return configuration(wishes); });
  return done ? 0 : fail_with(done.error());
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"kith keeps files and photos at home, and shares them with people on other instances."};
  app.name("kithd");
  Wishes wishes;
  app.set_version_flag("--version", "kithd " KITH_VERSION);
  app.add_option("--config", wishes.config_file,
                 std::string("Configuration file (default: ") + kDefaultConfig + " if there, else defaults)");
  app.add_option("--log-format", wishes.log_format, "text, json or journal (default: log.format of the configuration)")
      ->check(CLI::IsMember({"text", "json", "journal"}));
  app.add_flag("--check-config", wishes.check_config, "Check the configuration and end");
  app.require_subcommand(0, 1);
  app.fallthrough();
  describe_user_commands(app, wishes);
  describe_doctor(app, wishes);
  describe_upkeep_commands(app, wishes.upkeep);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // 0 for --help and --version.
    return app.exit(error) == 0 ? 0 : 2;
  }
  return carry_out(wishes, app);
}

}  // namespace kith::daemon
