#include "tests/unit/assets/photo_samples.hpp"

#include <cstdint>
#include <string_view>

namespace kith::test {
namespace {

using namespace std::string_literals;

std::string big(std::uint64_t value, int width) {
  std::string out;
  for (int i = width - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

std::string little(std::uint64_t value, int width) {
  const auto text = big(value, width);
  return {text.rbegin(), text.rend()};
}

// Directories of TIFF, with their long values behind them.
class Tiff {
 public:
  explicit Tiff(bool big_endian) : big_(big_endian), bytes_(big_ ? "MM\0*"s : "II*\0"s) { bytes_ += number(8, 4); }

  std::string number(std::uint64_t value, int width) const { return big_ ? big(value, width) : little(value, width); }
  std::size_t end() const { return bytes_.size(); }
  void add(const std::string& raw) { bytes_ += raw; }

  struct Field {
    std::uint16_t tag, type;
    std::uint32_t count;
    std::string value;  // as in the file; up to 4 bytes stand in the field
  };
  Field text(std::uint16_t tag, const std::string& value) const {
    return {tag, 2, static_cast<std::uint32_t>(value.size() + 1), value + '\0'};
  }
  Field small(std::uint16_t tag, std::uint16_t value) const { return {tag, 3, 1, number(value, 2)}; }
  Field large(std::uint16_t tag, std::uint64_t value) const { return {tag, 4, 1, number(value, 4)}; }

  // Returns where it begins.
  std::size_t directory(const std::vector<Field>& fields, std::uint64_t next = 0) {
    const auto begin = bytes_.size();
    std::string values;
    bytes_ += number(fields.size(), 2);
    const auto values_at = begin + 2 + fields.size() * 12 + 4;
    for (const auto& field : fields) {
      bytes_ += number(field.tag, 2) + number(field.type, 2) + number(field.count, 4);
      if (field.value.size() <= 4) {
        bytes_ += field.value + std::string(4 - field.value.size(), '\0');
      } else {
        bytes_ += number(values_at + values.size(), 4);
        values += field.value;
        if (values.size() % 2 != 0) values += '\0';
      }
    }
    bytes_ += number(next, 4) + values;
    return begin;
  }
  void first_directory_at(std::size_t offset) { bytes_.replace(4, 4, number(offset, 4)); }
  std::string take() { return std::move(bytes_); }

 private:
  bool big_;
  std::string bytes_;
};

struct Pointers {
  std::size_t gps, exif, thumbnail;
};

Pointers add_exif_directories(Tiff& tiff) {
  const auto degrees = tiff.number(48, 4) + tiff.number(1, 4) + tiff.number(8, 4) + tiff.number(1, 4) +
                       tiff.number(0x5345, 4) + tiff.number(100, 4);
  Pointers at{};
  at.gps = tiff.directory({{1, 2, 2, "N\0"s}, {2, 5, 3, degrees}, tiff.text(27, "SECRET method")});
  const auto interoperability = tiff.directory({tiff.text(1, "R98")});
  at.exif = tiff.directory({tiff.text(0x9003, "2024:07:01 KEEP:00"),
                            tiff.text(0x9011, "+02:00"),
                            {0x927c, 7, 13, "SECRET notes!"},
                            {0x9286, 7, 14, "SECRET comment"},
                            tiff.small(0xa001, 1),
                            tiff.large(0xa005, interoperability),
                            tiff.text(0xa433, "KEEP lens maker"),
                            tiff.text(0xfde8, "SECRET field of nobody")});
  at.thumbnail = tiff.directory({tiff.small(259, 6), tiff.text(270, "SECRET thumbnail")});
  return at;
}

std::string jpeg_segment(int marker, const std::string& payload) {
  return "\xff"s + static_cast<char>(marker) + big(payload.size() + 2, 2) + payload;
}

std::uint32_t png_crc(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char letter : bytes) {
    crc ^= static_cast<unsigned char>(letter);
    for (int i = 0; i < 8; ++i) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
  }
  return ~crc;
}

std::string png_chunk(const std::string& type, const std::string& content) {
  return big(content.size(), 4) + type + content + big(png_crc(type + content), 4);
}

std::string riff_chunk(const std::string& type, const std::string& content) {
  return type + little(content.size(), 4) + content + (content.size() % 2 != 0 ? "\0"s : ""s);
}

std::string box(const std::string& type, const std::string& content) {
  return big(content.size() + 8, 4) + type + content;
}

std::string full_box(const std::string& type, int version, const std::string& content) {
  return box(type, big(static_cast<std::uint64_t>(version), 1) + "\0\0\0"s + content);
}

std::string item_entry(int id, const std::string& type, const std::string& rest) {
  return full_box("infe", 2, big(static_cast<std::uint64_t>(id), 2) + "\0\0"s + type + rest);
}

std::string heif_meta(const std::string& picture, std::uint64_t data_at, std::size_t pixels, std::size_t exif,
                      std::size_t xmp) {
  const auto location = [](int id, int method, std::uint64_t offset, std::uint64_t size) {
    return big(static_cast<std::uint64_t>(id), 2) + big(static_cast<std::uint64_t>(method), 2) + "\0\0"s + big(1, 2) +
           big(offset, 4) + big(size, 4);
  };
  const auto items =
      full_box("iinf", 0,
               big(4, 2) + item_entry(1, picture, "\0"s) + item_entry(2, "Exif", "\0"s) +
                   item_entry(3, "mime", "\0application/rdf+xml\0"s) + item_entry(4, "mime", "\0text/plain\0"s));
  const auto locations =
      full_box("iloc", 1,
               big(0x4400, 2) + big(4, 2) + location(1, 0, data_at, pixels) + location(2, 0, data_at + pixels, exif) +
                   location(3, 0, data_at + pixels + exif, xmp) + location(4, 1, 0, 12));
  const auto properties =
      box("iprp", box("ipco", full_box("ispe", 0, big(64, 4) + big(48, 4)) + full_box("udes", 0, "en\0SECRET\0\0\0"s)) +
                      full_box("ipma", 0, big(1, 4) + big(1, 2) + "\2\1\2"));
  return full_box("meta", 0,
                  full_box("hdlr", 0, "\0\0\0\0pict"s + std::string(13, '\0')) + full_box("pitm", 0, big(1, 2)) +
                      locations + items + properties + box("idat", "SECRET in it") +
                      box("uuid", "SECRET things that nobody knows"));
}

}  // namespace

std::string sample_exif(bool big_endian) {
  Tiff tiff(big_endian);
  const auto at = add_exif_directories(tiff);
  const auto first = tiff.directory({tiff.text(271, "KEEP camera maker"),
                                     tiff.small(274, 6),
                                     tiff.text(306, "2024:07:01 12:00:00"),
                                     {700, 1, 10, "SECRET XMP"},
                                     tiff.large(0x8769, at.exif),
                                     tiff.large(0x8825, at.gps)},
                                    at.thumbnail);
  tiff.first_directory_at(first);
  tiff.add("SECRET remainder");
  return tiff.take();
}

std::string sample_jpeg() {
  const auto jfif = "JFIF\0\1\2\0\0\1\0\1"s;
  return "\xff\xd8"s + jpeg_segment(0xe0, jfif + "\1\1"s + "SEC"s) +
         jpeg_segment(0xe1, "Exif\0\0"s + sample_exif(false)) +
         jpeg_segment(0xe1, "http://ns.adobe.com/xap/1.0/\0SECRET"s) +
         jpeg_segment(0xe2, "ICC_PROFILE\0\1\1KEEP profile"s) + jpeg_segment(0xe2, "MPF\0SECRET second picture"s) +
         jpeg_segment(0xed, "Photoshop 3.0\0SECRET city"s) + jpeg_segment(0xee, "Adobe\0\x64\0\0\0\0\1"s) +
         jpeg_segment(0xe1, "Exif\0\0"s + sample_exif(true)) + "\xff\xff"s + jpeg_segment(0xfe, "SECRET comment") +
         jpeg_segment(0xdb, "KEEP tables") + jpeg_segment(0xc2, "KEEP frame") + jpeg_segment(0xda, "KEEP scan") +
         "pixels\xff\0more\xff\xd0KEEP pixels"s + jpeg_segment(0xfe, "SECRET between") +
         jpeg_segment(0xc4, "KEEP more tables") + jpeg_segment(0xda, "KEEP second") + "KEEP\xff\xd7more"s +
         "\xff\xd9"s + "SECRET film behind the end \xff\xd8\xff"s;
}

std::string sample_png() {
  return "\x89PNG\r\n\x1a\n"s + png_chunk("IHDR", "KEEP header..") + png_chunk("iCCP", "KEEP profile") +
         png_chunk("eXIf", sample_exif(true)) + png_chunk("tEXt", "Comment\0SECRET"s) +
         png_chunk("iTXt", "XML:com.adobe.xmp\0\0\0\0\0SECRET"s) + png_chunk("tIME", "\7\xe8\7\1\xc\0\0"s) +
         png_chunk("caNv", "SECRET") + png_chunk("IDAT", "KEEP pixels") + png_chunk("IDAT", "KEEP more") +
         png_chunk("zTXt", "Raw profile type exif\0\0SECRET"s) + png_chunk("IEND", "") + "SECRET behind the end";
}

std::string sample_webp() {
  const auto chunks = riff_chunk("VP8X", "\x0c\0\0\0\x3f\0\0\x2f\0\0"s) + riff_chunk("ICCP", "KEEP profile!") +
                      riff_chunk("VP8 ", "KEEP pixels") + riff_chunk("EXIF", "Exif\0\0"s + sample_exif(false)) +
                      riff_chunk("XMP ", "SECRET") + riff_chunk("ABCD", "SECRET");
  return "RIFF"s + little(chunks.size() + 4, 4) + "WEBP" + chunks + "SECRET behind the end";
}

std::string sample_gif() {
  const auto magic_trailer = [] {
    std::string out = "\1";
    for (int i = 255; i >= 0; --i) out.push_back(static_cast<char>(i));
    return out + '\0';
  };
  return "GIF89a\1\0\1\0\x80\0\0KEEP..!\xff\x0bNETSCAPE2.0\3\1\0\0\0"s + "!\xff\x0bXMP DataXMPSECRET"s +
         magic_trailer() + "!\xfe\6SECRET\0!\xf9\4\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\4KEEP\0;SECRET behind the end"s;
}

std::string sample_bmp() {
  const auto pixels = "KEEP pixels."s;
  return "BM"s + little(54 + pixels.size(), 4) + "\0\0\0\0"s + little(54, 4) + little(40, 4) + little(1, 4) +
         little(1, 4) + little(1, 2) + little(24, 2) + std::string(24, '\0') + pixels + "SECRET behind the end";
}

std::string sample_tiff(bool big_endian) {
  Tiff tiff(big_endian);
  const auto pixels_at = tiff.end();
  tiff.add("KEEP pixels.");
  const auto at = add_exif_directories(tiff);
  const auto second_at = tiff.end();
  tiff.add("KEEP second.");
  const auto second = tiff.directory({tiff.small(256, 2), tiff.small(257, 2), tiff.small(262, 2),
                                      tiff.large(273, second_at), tiff.large(279, 12), tiff.large(0x8825, at.gps)});
  const auto first = tiff.directory({tiff.small(256, 2),
                                     tiff.small(257, 2),
                                     tiff.small(259, 1),
                                     tiff.small(262, 2),
                                     tiff.text(271, "KEEP camera maker"),
                                     tiff.large(273, pixels_at),
                                     tiff.small(274, 6),
                                     tiff.large(279, 12),
                                     {700, 1, 10, "SECRET XMP"},
                                     {33550, 12, 1, "SECRET.."},
                                     {33723, 7, 11, "SECRET IPTC"},
                                     tiff.large(0x8769, at.exif),
                                     tiff.large(0x8825, at.gps)},
                                    second);
  tiff.first_directory_at(first);
  tiff.add("SECRET remainder");
  return tiff.take();
}

std::string sample_heif(const std::string& brand) {
  const auto exif = "\0\0\0\6Exif\0\0"s + sample_exif(true);
  const auto pixels = "KEEP pixels of the picture"s, xmp = "<x:xmpmeta>SECRET</x:xmpmeta>"s;
  const auto front = box("ftyp", brand + "\0\0\0\0mif1"s + brand) + box("free", "SECRET");
  const auto picture = brand == "avif" ? "av01"s : "hvc1"s;
  const auto meta_size = heif_meta(picture, 0, pixels.size(), exif.size(), xmp.size()).size();
  const auto meta = heif_meta(picture, front.size() + meta_size + 8, pixels.size(), exif.size(), xmp.size());
  return front + meta + box("mdat", pixels + exif + xmp + "SECRET that nothing names") +
         box("mpvd", "SECRET film of a moving photo");
}

std::vector<PhotoSample> photo_samples() {
  return {{"image/jpeg", sample_jpeg()},     {"image/png", sample_png()},         {"image/webp", sample_webp()},
          {"image/gif", sample_gif()},       {"image/bmp", sample_bmp()},         {"image/tiff", sample_tiff(false)},
          {"image/tiff", sample_tiff(true)}, {"image/heic", sample_heif("heic")}, {"image/avif", sample_heif("avif")}};
}

}  // namespace kith::test
