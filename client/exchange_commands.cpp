#include "client/exchange_commands.hpp"

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/safe_name.hpp"
#include "client/secret_input.hpp"
#include "client/send_files.hpp"
#include "client/transfers.hpp"
#include "client/visit.hpp"
#include "core/encoding.hpp"
#include "core/random.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

Expected<NewExchange> wish_of(const ExchangeTerms& terms) {
  NewExchange wish;
  wish.expires_in = terms.expires_in;
  wish.note = terms.note;
  if (terms.password_stdin) {
    KITH_TRY_ASSIGN(password, read_secret_line("password"));
    wish.password = std::move(password);
  }
  return wish;
}

Expected<MadeExchange> make(Http& http, const Account& account, const NewExchange& wish) {
  core::SystemRandom random;
  return make_exchange(http, account.server, account.token, wish, core::to_hex(random.bytes<16>()));
}

// The link is all that goes to standard output, so that scripts can use it.
void print_link(const MadeExchange& exchange, const std::string& key, const Output& output) {
  output.line(exchange.page + key);
  output.document({{"exchange_id", exchange.id}, {"link", exchange.page + key}});
}

// A file as it is to be called here, and the salt that its content must have where it is sealed.
struct Incoming {
  std::string name;
  std::optional<core::CodingSalt> salt;
};

Expected<Incoming> incoming(const Visit& visit, const OfferedFile& file) {
  if (!visit.link.key) return Incoming{safe_name(file.name), std::nullopt};
  KITH_TRY_ASSIGN(about, open_about(*visit.link.key, file.sealed_name.value_or("")));
  return Incoming{safe_name(about.name), about.content_salt};
}

// True if this very file was got before.
bool is_here(const std::string& path, const OfferedFile& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored) || std::filesystem::file_size(path, ignored) != file.size)
    return false;
  const auto source = FileSource::open(path);
  if (!source) return false;
  core::Sha256 hash;
  core::Bytes buffer(1 << 20);
  for (std::uint64_t at = 0; at < file.size;) {
    const auto count = (*source)->read(at, buffer);
    if (!count || *count == 0) return false;
    hash.update(core::ByteView(buffer).first(*count));
    at += *count;
  }
  return hash.finish() == file.digest;
}

// Says where it is now.
Expected<std::string> get_file(Http& http, const Visit& visit, const OfferedFile& file, const std::string& folder) {
  KITH_TRY_ASSIGN(what, incoming(visit, file));
  const auto path_of = [&](const std::string& name) { return (std::filesystem::path(folder) / name).string(); };
  if (!what.salt && is_here(path_of(what.name), file)) return path_of(what.name);
  KITH_TRY_ASSIGN(partial, PartialFile::open(folder, file.digest));
  Progress progress(what.name, file.size);
  auto receiver = what.salt ? receive_sealed(*partial, file.size, content_key(*visit.link.key), *what.salt)
                            : receive_plain(*partial, file.size, file.digest);
  if (!receiver) return tl::make_unexpected(std::move(receiver.error()));
  KITH_TRY(get_content(http, *visit.server, file.number, file.size, **receiver, progress));
  const auto size = partial->size();
  KITH_TRY_ASSIGN(name, partial->keep_as(what.name));
  progress.say("Got " + name + " (" + size_text(size) + ").");
  return path_of(name);
}

void introduce(const ExchangeInfo& info, const char* verb) {
  std::cerr << verb << (info.from.empty() ? "" : " " + info.from) << "\n";
  if (info.note) std::cerr << "\"" << printable(*info.note) << "\"\n";
}

}  // namespace

Expected<void> send(const SendCommand& command, const AccountOptions& options, const Output& output) {
  KITH_TRY_ASSIGN(account, find_account(options));
  KITH_TRY_ASSIGN(files, open_files(command.files));
  KITH_TRY_ASSIGN(wish, wish_of(command.terms));
  wish.encrypted = command.encrypt;
  wish.max_files = static_cast<int>(files.size());
  wish.max_downloads = command.max_downloads;
  std::optional<LinkKey> key;
  if (command.encrypt) {
    core::SystemRandom random;
    random.fill(key.emplace().writable());
  }
  Interruption interruption;
  Http http(interruption);
  KITH_TRY_ASSIGN(made, make(http, account, wish));
  ExchangeServer server(http, account.server, made.upload_token, wish.password);
  if (auto sent = send_files(http, server, files, key); !sent) {
    // Nobody gets half of it; if this fails too, it goes when its time is over.
    (void)revoke_exchange(http, account.server, account.token, made.id);
    return sent;
  }
  print_link(made, key ? "." + core::to_base64url(key->view()) : "", output);
  return {};
}

Expected<void> request(const RequestCommand& command, const AccountOptions& options, const Output& output) {
  KITH_TRY_ASSIGN(account, find_account(options));
  KITH_TRY_ASSIGN(wish, wish_of(command.terms));
  wish.receive = true;
  wish.max_files = command.max_files;
  wish.max_size = command.max_size;
  Interruption interruption;
  Http http(interruption);
  KITH_TRY_ASSIGN(made, make(http, account, wish));
  print_link(made, "", output);
  return {};
}

Expected<void> get(const GetCommand& command, const Output& output) {
  KITH_TRY_ASSIGN(key, read_key(command.link, ExchangeLink::Role::get, command.password_stdin));
  Interruption interruption;
  Http http(interruption);
  KITH_TRY_ASSIGN(visit, open_visit(http, std::move(key)));
  introduce(visit.info, "From");
  if (!visit.info.files || visit.info.files->empty())
    return core::fail(ErrorCode::not_found, "There is no file in it yet. Try again later.");
  std::error_code error;
  std::filesystem::create_directories(command.folder, error);
  if (error)
    return core::fail(ErrorCode::internal,
                      "Can't make the folder " + printable(command.folder) + ": " + error.message());
  core::Json got = core::Json::array();
  for (const auto& file : *visit.info.files) {
    KITH_TRY_ASSIGN(path, get_file(http, visit, file, command.folder));
    output.line(path);
    got.push_back({{"path", path}});
  }
  output.document(got);
  return {};
}

Expected<void> put(const PutCommand& command, const Output& output) {
  KITH_TRY_ASSIGN(files, open_files(command.files));
  KITH_TRY_ASSIGN(key, read_key(command.link, ExchangeLink::Role::give, command.password_stdin));
  Interruption interruption;
  Http http(interruption);
  KITH_TRY_ASSIGN(visit, open_visit(http, std::move(key)));
  introduce(visit.info, "For");
  if (visit.info.files_left < static_cast<int>(files.size()))
    return core::fail(ErrorCode::conflict, "This link takes " + std::to_string(visit.info.files_left) +
                                               " more files, not " + std::to_string(files.size()) +
                                               ". Pack them into one, for example with zip.");
  KITH_TRY(send_files(http, *visit.server, files, visit.link.key));
  core::Json given = core::Json::array();
  for (const auto& file : files) given.push_back({{"name", file->name()}, {"size", file->size()}});
  output.document(given);
  return {};
}

}  // namespace kith::client
