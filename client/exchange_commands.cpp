#include "client/exchange_commands.hpp"

#include <filesystem>
#include <iostream>

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

struct Made {
  std::string server, auth_token;
  MadeExchange exchange;
};

Expected<Made> make(Http& http, const Account& account, const NewExchange& wish) {
  Made made;
  KITH_TRY_ASSIGN(server, parse_server(account.server));
  KITH_TRY_ASSIGN(auth_token, read_auth_token(account.token_file));
  core::SystemRandom random;
  KITH_TRY_ASSIGN(exchange, make_exchange(http, server, auth_token, wish, core::to_hex(random.bytes<16>())));
  made.server = std::move(server);
  made.auth_token = std::move(auth_token);
  made.exchange = std::move(exchange);
  return made;
}

// The link is all that goes to standard output, so that scripts can use it.
void print_link(const std::string& link) {
  std::cout << link << std::endl;
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

Expected<void> get_file(Http& http, const Visit& visit, const OfferedFile& file, const std::string& folder) {
  KITH_TRY_ASSIGN(what, incoming(visit, file));
  const auto path_of = [&](const std::string& name) { return (std::filesystem::path(folder) / name).string(); };
  if (!what.salt && is_here(path_of(what.name), file)) {
    std::cout << path_of(what.name) << std::endl;
    return {};
  }
  KITH_TRY_ASSIGN(partial, PartialFile::open(folder, file.digest));
  Progress progress(what.name, file.size);
  auto receiver = what.salt ? receive_sealed(*partial, file.size, content_key(*visit.link.key), *what.salt)
                            : receive_plain(*partial, file.size, file.digest);
  if (!receiver) return tl::make_unexpected(std::move(receiver.error()));
  KITH_TRY(get_content(http, *visit.server, file.number, file.size, **receiver, progress));
  const auto size = partial->size();
  KITH_TRY_ASSIGN(name, partial->keep_as(what.name));
  progress.say("Got " + name + " (" + size_text(size) + ").");
  std::cout << path_of(name) << std::endl;
  return {};
}

void introduce(const ExchangeInfo& info, const char* verb) {
  std::cerr << verb << (info.from.empty() ? "" : " " + info.from) << "\n";
  if (info.note) std::cerr << "\"" << printable(*info.note) << "\"\n";
}

}  // namespace

Expected<void> send(const SendCommand& command) {
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
  KITH_TRY_ASSIGN(made, make(http, command.account, wish));
  ExchangeServer server(http, made.server, made.exchange.upload_token, wish.password);
  if (auto sent = send_files(http, server, files, key); !sent) {
    // Nobody gets half of it; if this fails too, it goes when its time is over.
    (void)revoke_exchange(http, made.server, made.auth_token, made.exchange.id);
    return sent;
  }
  print_link(made.exchange.page + (key ? "." + core::to_base64url(key->view()) : ""));
  return {};
}

Expected<void> request(const RequestCommand& command) {
  KITH_TRY_ASSIGN(wish, wish_of(command.terms));
  wish.receive = true;
  wish.max_files = command.max_files;
  wish.max_size = command.max_size;
  Interruption interruption;
  Http http(interruption);
  KITH_TRY_ASSIGN(made, make(http, command.account, wish));
  print_link(made.exchange.page);
  return {};
}

Expected<void> get(const GetCommand& command) {
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
  for (const auto& file : *visit.info.files) KITH_TRY(get_file(http, visit, file, command.folder));
  return {};
}

Expected<void> put(const PutCommand& command) {
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
  return send_files(http, *visit.server, files, visit.link.key);
}

}  // namespace kith::client
