// Archives as other programs read them: Python's zipfile, which every machine with our tests has, and unzip where it is
// installed.
#include "assets/zip_stream.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temp_dir.hpp"

namespace kith::assets {
namespace {

using core::Bytes;
using core::Expected;
using core::Timestamp;

constexpr std::uint64_t kGiB = 1ull << 30;

Timestamp some_time() {
  return core::parse_timestamp("2024-07-01T12:00:01.000Z").value();
}

// Content that may lie about its length or break in the middle.
class Content final : public storage::BlobReader {
 public:
  Content(std::string text, std::uint64_t told, std::uint64_t breaks_at)
      : text_(std::move(text)), told_(told), breaks_at_(breaks_at) {}
  std::uint64_t size() const override { return told_; }
  Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (offset + out.size() > breaks_at_) return core::fail(core::ErrorCode::internal, "the disk is broken");
    const auto part = offset < text_.size() ? core::as_bytes(text_).subspan(offset) : core::ByteView();
    const auto count = std::min(part.size(), out.size());
    std::copy_n(part.begin(), count, out.begin());
    return count;
  }
  int file_descriptor() const override { return -1; }

 private:
  const std::string text_;
  const std::uint64_t told_, breaks_at_;
};

ZipEntry entry(std::string name, std::string text) {
  const auto size = text.size();
  return {std::move(name), size, some_time(),
          [text = std::move(text), size] { return std::make_shared<Content>(text, size, UINT64_MAX); }};
}

Expected<Bytes> read_all(ZipStream& archive, std::size_t piece) {
  Bytes all;
  Bytes space(piece);
  for (;;) {
    KITH_TRY_ASSIGN(count, archive.read(space));
    if (count == 0) return all;
    all.insert(all.end(), space.begin(), space.begin() + static_cast<std::ptrdiff_t>(count));
  }
}

class ZipStreamTest : public testing::Test {
 protected:
  std::string save(const Bytes& bytes) {
    const auto file = folder_ / "archive.zip";
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return file.string();
  }
  // What a Python script prints that finds the archive open as `z`.
  std::string python(const std::string& archive, const std::string& script) {
    const auto program = folder_ / "read.py";
    std::ofstream(program) << "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\n" << script;
    return output_of("/usr/bin/python3 '" + program.string() + "' '" + archive + "'");
  }
  std::string output_of(const std::string& command) {
    const auto out = (folder_ / "out").string();
    const int status = std::system((command + " >'" + out + "' 2>&1").c_str());
    std::ostringstream text;
    text << std::ifstream(out).rdbuf();
    EXPECT_EQ(status, 0) << command << "\n" << text.str();
    return text.str();
  }
  test::TempDir folder_;
};

TEST_F(ZipStreamTest, PythonReadsNamesTimesAndContent) {
  ZipStream archive({entry("a.txt", "hello"), entry("a.txt", "again"), entry("../Übung.txt", ""),
                     entry("big", std::string(300'000, 'x'))});
  const auto bytes = read_all(archive, 4096).value();
  EXPECT_EQ(bytes.size(), archive.size());
  EXPECT_EQ(python(save(bytes),
                   "assert z.testzip() is None\n"
                   "for i in z.infolist():\n"
                   "  assert i.compress_type == 0 and i.external_attr >> 16 == 0o100644\n"
                   "  print(i.filename, i.file_size, i.date_time)\n"
                   "print(z.read('a (2).txt').decode(), z.read('big') == b'x' * 300000)\n"),
            "a.txt 5 (2024, 7, 1, 12, 0, 0)\na (2).txt 5 (2024, 7, 1, 12, 0, 0)\n"
            ".._Übung.txt 0 (2024, 7, 1, 12, 0, 0)\nbig 300000 (2024, 7, 1, 12, 0, 0)\nagain True\n");
}

TEST_F(ZipStreamTest, InfoZipUnpacksIt) {
  if (std::system("command -v unzip >/dev/null") != 0) GTEST_SKIP() << "unzip is not installed";
  ZipStream archive({entry("a.txt", "hello"), entry("Übung.txt", "text"), entry("empty", "")});
  const auto file = save(read_all(archive, 100).value());
  output_of("unzip -t '" + file + "'");
  output_of("cd '" + folder_.path().string() + "' && TZ=Asia/Tokyo LC_ALL=C.UTF-8 unzip -q archive.zip");
  EXPECT_EQ(output_of("cat '" + (folder_ / "Übung.txt").string() + "'"), "text");
  // The extended timestamp has no time zone, and seconds MS-DOS has not.
  EXPECT_EQ(output_of("stat -c %Y '" + (folder_ / "a.txt").string() + "'"), "1719835201\n");
}

TEST_F(ZipStreamTest, AnEmptyArchiveIsOne) {
  ZipStream archive({});
  EXPECT_EQ(archive.size(), 22u);
  EXPECT_EQ(python(save(read_all(archive, 10).value()), "print(len(z.infolist()))"), "0\n");
}

TEST_F(ZipStreamTest, AnyPieceSizeGivesTheSameBytes) {
  const auto make = [] { return ZipStream({entry("a", "one"), entry("b", ""), entry("c", std::string(1000, 'c'))}); };
  auto whole = make();
  const auto expected = read_all(whole, 1 << 20).value();
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 100u, 1001u}) {
    auto archive = make();
    EXPECT_EQ(read_all(archive, piece).value(), expected) << piece;
  }
}

TEST_F(ZipStreamTest, ContentIsOpenedOnlyWhenItsTurnComesAndClosedAfter) {
  std::weak_ptr<storage::BlobReader> first;
  bool second_opened = false;
  ZipStream archive({{"a", 3, some_time(),
                      [&] {
                        auto reader = std::make_shared<Content>("abc", 3, UINT64_MAX);
                        first = reader;
                        return Expected<std::shared_ptr<storage::BlobReader>>(reader);
                      }},
                     {"b", 3, some_time(), [&] {
                        second_opened = true;
                        EXPECT_TRUE(first.expired());
                        return Expected<std::shared_ptr<storage::BlobReader>>(
                            std::make_shared<Content>("def", 3, UINT64_MAX));
                      }}});
  Bytes space(archive.size());
  ASSERT_TRUE(archive.read(std::span(space).first(41)));  // the header of "a" has 40 bytes
  EXPECT_FALSE(first.expired());
  EXPECT_FALSE(second_opened);
  ASSERT_TRUE(archive.read(space));
  EXPECT_TRUE(second_opened);
}

TEST_F(ZipStreamTest, ABlobThatFailsIsMissingOrHasAnotherLengthEndsTheArchive) {
  const auto fails = [](std::uint64_t told, std::uint64_t size, std::uint64_t breaks_at) {
    ZipStream archive(
        {entry("before", "fine"),
         {"bad", told, some_time(), [=] { return std::make_shared<Content>(std::string(5000, 'x'), size, breaks_at); }},
         entry("after", "fine")});
    const bool failed = !read_all(archive, 512);
    Bytes space(16);
    EXPECT_EQ(!archive.read(space), failed);  // and stays so
    return failed;
  };
  EXPECT_FALSE(fails(5000, 5000, UINT64_MAX));
  EXPECT_TRUE(fails(5000, 5000, 4000));        // the disk breaks
  EXPECT_TRUE(fails(6000, 6000, UINT64_MAX));  // cut short
  EXPECT_TRUE(fails(4000, 5000, UINT64_MAX));  // longer than was said
  EXPECT_TRUE(fails(0, 5000, UINT64_MAX));
  ZipStream missing({{"gone", 3, some_time(), []() -> Expected<std::shared_ptr<storage::BlobReader>> {
                        return core::fail(core::ErrorCode::not_found);
                      }}});
  EXPECT_FALSE(read_all(missing, 512));
}

TEST_F(ZipStreamTest, MoreThan65535EntriesNeedZip64) {
  for (const int count : {65'534, 65'535, 66'000}) {
    std::vector<ZipEntry> entries;
    for (int i = 0; i < count; ++i) entries.push_back(entry("n" + std::to_string(i), i == count - 1 ? "last" : ""));
    ZipStream archive(std::move(entries));
    const auto bytes = read_all(archive, 1 << 19).value();
    EXPECT_EQ(bytes.size(), archive.size());
    const auto locator = core::as_bytes("PK\x06\x07");
    EXPECT_EQ(std::ranges::search(bytes, locator).empty(), count < 65'535);
    EXPECT_EQ(python(save(bytes), "print(len(z.namelist()), z.read(z.namelist()[-1]).decode())"),
              std::to_string(count) + " last\n");
  }
}

// The file of a layout without its content: holes stand for it, so that gigabytes cost nothing.
void save_holes(const ZipLayout& layout, const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  const auto put = [&](std::uint64_t at, const Bytes& bytes) {
    out.seekp(static_cast<std::streamoff>(at));
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return at + bytes.size();
  };
  for (std::size_t i = 0; i < layout.count(); ++i)
    put(put(layout.offset(i), layout.header(i)) + layout.member(i).size, layout.descriptor(i, 0));
  auto at = layout.directory_offset();
  for (std::size_t i = 0; i < layout.count(); ++i) at = put(at, layout.directory_entry(i, 0));
  at = put(at, layout.directory_end());
  EXPECT_EQ(at, layout.size());
}

TEST_F(ZipStreamTest, EntriesAndOffsetsBeyond4GiBNeedZip64) {
  const ZipLayout layout({{"small", 0, some_time()},
                          {"just", 0xfffffffe, some_time()},
                          {"full", 0xffffffff, some_time()},
                          {"large", 5 * kGiB, some_time()},
                          {"after", 0, some_time()}});
  const auto file = (folder_ / "large.zip").string();
  save_holes(layout, file);
  EXPECT_EQ(python(file,
                   "for i in z.infolist(): print(i.filename, i.file_size, i.extract_version)\n"
                   "assert z.read('small') == b'' and z.read('after') == b''\n"
                   "with z.open('large') as f: assert f.read(10) == bytes(10)\n"),
            "small 0 20\njust 4294967294 20\nfull 4294967295 45\nlarge 5368709120 45\nafter 0 45\n");
  EXPECT_EQ(layout.header(1).size() + 20, layout.header(2).size());
  EXPECT_EQ(layout.descriptor(1, 0).size(), 16u);
  EXPECT_EQ(layout.descriptor(2, 0).size(), 24u);
}

TEST_F(ZipStreamTest, TheLengthOfAVeryLargeArchiveIsKnownWithoutReadingIt) {
  ZipStream archive({{"a", 5 * kGiB, some_time(), [] { return std::make_shared<Content>("", 5 * kGiB, UINT64_MAX); }}});
  EXPECT_EQ(archive.size(), 5 * kGiB + (30 + 1 + 9 + 20) + 24 + (46 + 1 + 9 + 20) + (56 + 20 + 22));
}

TEST(ZipLayout, TimesBeyondWhatAFieldHoldsAreLeftOutOrClamped) {
  const auto header = [](Timestamp at) { return ZipLayout({{"a", 0, at}}).header(0); };
  const auto with = header(some_time());
  const auto late = header(core::parse_timestamp("2040-01-01T00:00:00.000Z").value());
  EXPECT_EQ(with.size(), late.size() + 9);  // 32 bits of seconds end in 2038
  const auto date_of = [](const Bytes& bytes) { return bytes[12] | (bytes[13] << 8); };
  EXPECT_EQ(date_of(header(core::parse_timestamp("1970-01-01T00:00:00.000Z").value())), 0x21);
  EXPECT_EQ(date_of(late), (60 << 9) | (1 << 5) | 1);
  EXPECT_EQ(date_of(header(core::parse_timestamp("2200-01-01T00:00:00.000Z").value())), (127 << 9) | 0x21);
}

}  // namespace
}  // namespace kith::assets
