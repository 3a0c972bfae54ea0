#include "assets/media_type.hpp"

#include <algorithm>
#include <utility>

#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "core/encoding.hpp"

namespace kith::assets {

namespace {

using namespace std::string_view_literals;
using NamePair = std::pair<std::string_view, std::string_view>;

constexpr std::string_view kUnknown = "application/octet-stream";
constexpr std::string_view kPlainText = "text/plain";
constexpr std::string_view kZip = "application/zip";

// Formats that begin with fixed bytes. Registered types; where none is registered, the one in general use.
struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view media_type;
};
constexpr Magic kMagics[] = {
    {0, "\xff\xd8\xff"sv, "image/jpeg"},
    {0, "\x89PNG\r\n\x1a\n"sv, "image/png"},
    {0, "GIF87a"sv, "image/gif"},
    {0, "GIF89a"sv, "image/gif"},
    {0, "II*\0"sv, "image/tiff"},
    {0, "MM\0*"sv, "image/tiff"},
    {0, "\xff\x0a"sv, "image/jxl"},
    {0, "\0\0\0\x0cJXL \r\n\x87\n"sv, "image/jxl"},
    {0, "fLaC"sv, "audio/flac"},
    {0, "ID3"sv, "audio/mpeg"},
    {0, "MThd\0\0\0\x06"sv, "audio/midi"},
    {0, "#!AMR"sv, "audio/amr"},
    {0, "FLV\x01"sv, "video/x-flv"},
    {0, "\0\0\x01\xba"sv, "video/mpeg"},
    {0, "\0\0\x01\xb3"sv, "video/mpeg"},
    {0, "%PDF-"sv, "application/pdf"},
    {0, "%!PS"sv, "application/postscript"},
    {0, "{\\rtf"sv, "application/rtf"},
    {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "application/x-ole-storage"},
    {0, "PK\x03\x04"sv, kZip},
    {0, "PK\x05\x06"sv, kZip},
    {0, "\x1f\x8b\x08"sv, "application/gzip"},
    {0, "BZh"sv, "application/x-bzip2"},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "application/x-xz"},
    {0, "\x28\xb5\x2f\xfd"sv, "application/zstd"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "application/x-7z-compressed"},
    {0, "Rar!\x1a\x07"sv, "application/vnd.rar"},
    {257, "ustar"sv, "application/x-tar"},
};

// RIFF: the form type stands behind the length.
constexpr NamePair kRiffForms[] = {{"WEBP", "image/webp"}, {"WAVE", "audio/wav"}, {"AVI ", "video/x-msvideo"}};

// ISO base media files: by their major brand (ISO/IEC 14496-12, section 4.3); any other brand is taken for MP4.
constexpr NamePair kBrands[] = {{"heic", "image/heic"}, {"heix", "image/heic"},      {"heim", "image/heic"},
                                {"heis", "image/heic"}, {"mif1", "image/heif"},      {"msf1", "image/heif"},
                                {"avif", "image/avif"}, {"avis", "image/avif"},      {"M4A ", "audio/mp4"},
                                {"M4B ", "audio/mp4"},  {"qt  ", "video/quicktime"}, {"crx ", "image/x-canon-cr3"},
                                {"3gp4", "video/3gpp"}, {"3gp5", "video/3gpp"},      {"3gp6", "video/3gpp"}};

// ZIP files that are documents, and OLE files likewise, told apart by the name.
constexpr NamePair kZipDocuments[] = {
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"epub", "application/epub+zip"}};
constexpr NamePair kOleDocuments[] = {
    {"doc", "application/msword"}, {"xls", "application/vnd.ms-excel"}, {"ppt", "application/vnd.ms-powerpoint"}};

// Text that is safe to be called what it is. HTML, SVG, XML and scripts are left out on purpose.
constexpr NamePair kTexts[] = {{"md", "text/markdown"},      {"csv", "text/csv"},
                               {"json", "application/json"}, {"ics", "text/calendar"},
                               {"vcf", "text/vcard"},        {"yaml", "application/yaml"},
                               {"yml", "application/yaml"},  {"srt", "application/x-subrip"}};

template <std::size_t N>
std::string_view find(const NamePair (&pairs)[N], std::string_view key, std::string_view otherwise) {
  const auto* found = std::find_if(std::begin(pairs), std::end(pairs), [&](const auto& p) { return p.first == key; });
  return found == std::end(pairs) ? otherwise : found->second;
}

bool has_at(std::string_view head, std::size_t offset, std::string_view bytes) {
  return head.size() >= offset && head.substr(offset, bytes.size()) == bytes;
}

// MPEG audio without tags (ISO/IEC 11172-3, section 2.4.2.3) and ADTS (13818-7): eleven or twelve set bits, then fields
// whose reserved values are refused, so that UTF-16 text and noise mostly are not taken for it.
std::string_view frame_audio(std::string_view head) {
  if (head.size() < 4) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(head[i])); };
  if (byte(0) != 0xff) return {};
  const bool rate_is_valid = (byte(2) & 0xf0) != 0xf0 && (byte(2) & 0xf0) != 0 && (byte(2) & 0x0c) != 0x0c;
  if ((byte(1) & 0xfe) == 0xfa || (byte(1) & 0xfe) == 0xf2) return rate_is_valid ? "audio/mpeg"sv : ""sv;
  if ((byte(1) & 0xf6) == 0xf0 && ((byte(2) >> 2) & 0xf) < 13) return "audio/aac";
  return {};
}

// Ogg: video if any of the first streams is Theora (they all begin in the first pages).
std::string_view ogg_type(std::string_view head) {
  return head.find("\x80theora"sv) != head.npos ? "video/ogg" : "audio/ogg";
}

std::string_view container_type(std::string_view head) {
  if (has_at(head, 0, "RIFF")) return find(kRiffForms, head.size() >= 12 ? head.substr(8, 4) : ""sv, kUnknown);
  if (has_at(head, 4, "ftyp")) return find(kBrands, head.size() >= 12 ? head.substr(8, 4) : ""sv, "video/mp4");
  if (has_at(head, 0, "OggS")) return ogg_type(head);
  if (has_at(head, 0, "\x1a\x45\xdf\xa3"sv))
    return head.find("webm") != head.npos ? "video/webm"sv : "video/x-matroska"sv;
  if (has_at(head, 0, "FORM") && (has_at(head, 8, "AIFF") || has_at(head, 8, "AIFC"))) return "audio/aiff";
  if (has_at(head, 0, "\x47"sv) && has_at(head, 188, "\x47"sv) && has_at(head, 376, "\x47"sv)) return "video/mp2t";
  // "BM", a file size, and two reserved fields that are zero.
  if (has_at(head, 0, "BM") && has_at(head, 6, "\0\0\0\0"sv)) return "image/bmp";
  return frame_audio(head);
}

// UTF-8 (the last character may be cut off) without the control characters that text does not have.
bool is_text(std::string_view head, bool is_whole) {
  const bool has_controls = std::any_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7f || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && byte != 0x1b);
  });
  if (has_controls) return false;
  if (core::is_valid_utf8(head)) return true;
  for (std::size_t cut = 1; !is_whole && cut <= 3 && cut <= head.size(); ++cut)
    if (core::is_valid_utf8(head.substr(0, head.size() - cut))) return true;
  return false;
}

constexpr std::pair<AssetKind, std::string_view> kKindNames[] = {{AssetKind::photo, "photo"},
                                                                 {AssetKind::video, "video"},
                                                                 {AssetKind::audio, "audio"},
                                                                 {AssetKind::document, "document"},
                                                                 {AssetKind::other, "other"}};

constexpr std::string_view kArchives[] = {kUnknown,
                                          kZip,
                                          "application/gzip",
                                          "application/x-bzip2",
                                          "application/x-xz",
                                          "application/zstd",
                                          "application/x-tar",
                                          "application/x-7z-compressed",
                                          "application/vnd.rar",
                                          "application/x-ole-storage"};

}  // namespace

std::string_view kind_name(AssetKind kind) {
  for (const auto& [each, name] : kKindNames)
    if (each == kind) return name;
  return "other";
}

std::optional<AssetKind> kind_from_name(std::string_view name) {
  for (const auto& [kind, each] : kKindNames)
    if (each == name) return kind;
  return std::nullopt;
}

std::string_view media_type_of(core::ByteView content, std::string_view name) {
  const auto head = core::as_text(content.first(std::min(content.size(), kSniffBytes)));
  const auto extension = extension_of(name);
  for (const auto& magic : kMagics) {
    if (!has_at(head, magic.offset, magic.bytes)) continue;
    if (magic.media_type == kZip) return find(kZipDocuments, extension, kZip);
    if (magic.media_type == "application/x-ole-storage") return find(kOleDocuments, extension, magic.media_type);
    return magic.media_type;
  }
  if (const auto type = container_type(head); !type.empty()) return type;
  if (is_text(head, content.size() < kSniffBytes)) return find(kTexts, extension, kPlainText);
  return kUnknown;
}

AssetKind kind_of(std::string_view media_type) {
  if (media_type.starts_with("image/")) return AssetKind::photo;
  if (media_type.starts_with("video/")) return AssetKind::video;
  if (media_type.starts_with("audio/")) return AssetKind::audio;
  const bool is_archive = std::find(std::begin(kArchives), std::end(kArchives), media_type) != std::end(kArchives);
  return is_archive ? AssetKind::other : AssetKind::document;
}

}  // namespace kith::assets
