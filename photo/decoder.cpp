#include "photo/decoder.hpp"

#include <gmodule.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vips/vips.h>

#include <cstdlib>
#include <memory>
#include <string_view>

#include "photo/bare_webp.hpp"
#include "photo/limits.hpp"

namespace kith::photo {
namespace {

using core::ErrorCode;
using core::Expected;

struct Unref {
  template <class T>
  void operator()(T* object) const {
    g_object_unref(object);
  }
};
using Image = std::unique_ptr<VipsImage, Unref>;
using Source = std::unique_ptr<VipsSource, Unref>;

// The loaders that may run, by libvips's names of their classes, and what each reads. All others are blocked.
struct Loader {
  const char* operation;  // as vips_operation_block_set() knows it, with those derived from it
  const char* name;       // what vips_foreign_find_load_source() answers begins with
  const char* media_type;
};
constexpr Loader kLoaders[] = {
    {"VipsForeignLoadJpeg", "VipsForeignLoadJpeg", "image/jpeg"},
    {"VipsForeignLoadPng", "VipsForeignLoadPng", "image/png"},
    {"VipsForeignLoadWebp", "VipsForeignLoadWebp", "image/webp"},
    {"VipsForeignLoadHeif", "VipsForeignLoadHeif", "image/heic"},
    {"VipsForeignLoadNsgif", "VipsForeignLoadNsgif", "image/gif"},
    {"VipsForeignLoadTiff", "VipsForeignLoadTiff", "image/tiff"},
};

core::Unexpected refused(const std::string& what) {
  std::string detail = what;
  if (const char* reason = vips_error_buffer(); *reason != '\0') detail += std::string(": ") + reason;
  vips_error_clear();
  return core::fail(ErrorCode::bad_request, detail.substr(0, 500));
}

std::string text_field(VipsImage* image, const char* name) {
  const char* text = nullptr;
  if (vips_image_get_typeof(image, name) == 0 || vips_image_get_string(image, name, &text) != 0) return {};
  return text;
}

Expected<std::string> media_type_of(VipsSource* source) {
  const char* found = vips_foreign_find_load_source(source);
  if (found == nullptr) return refused("no photo of a known kind");
  for (const auto& loader : kLoaders)
    if (std::string_view(found).starts_with(loader.name)) return std::string(loader.media_type);
  return refused(std::string("no photo of a known kind: ") + found);
}

// The header alone; pixels are decoded when they are asked for.
Expected<Image> open_header(VipsSource* source) {
  Image image(vips_image_new_from_source(source, "", "access", VIPS_ACCESS_SEQUENTIAL, nullptr));
  if (!image) return refused("the head can't be read");
  const auto width = static_cast<std::uint64_t>(vips_image_get_width(image.get()));
  const auto height = static_cast<std::uint64_t>(vips_image_get_page_height(image.get()));
  if (width == 0 || height == 0 || width > kMaxPixels || height > kMaxPixels || width * height > kMaxPixels)
    return refused("too many pixels: " + std::to_string(width) + " x " + std::to_string(height));
  return image;
}

// A TIFF's tags are the file's own; everything else carries Exif as one piece.
ExifFacts exif_of(VipsImage* image, const std::string& media_type, int descriptor) {
  if (media_type == "image/tiff") {
    struct stat status {};
    if (fstat(descriptor, &status) != 0 || status.st_size <= 0) return {};
    const auto size = std::min<std::size_t>(static_cast<std::size_t>(status.st_size), kMaxTiffHead);
    void* mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapped == MAP_FAILED) return {};
    auto facts = read_exif({static_cast<const std::uint8_t*>(mapped), size});
    munmap(mapped, size);
    return facts;
  }
  const void* data = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME) == 0 ||
      vips_image_get_blob(image, VIPS_META_EXIF_NAME, &data, &size) != 0 || size > kMaxExifBytes)
    return {};
  return read_exif({static_cast<const std::uint8_t*>(data), size});
}

// Bare pixels, 8 bits of sRGB with or without transparency: nothing else of the photo is left in them.
Expected<Image> bare(VipsImage* image) {
  VipsImage* converted = nullptr;
  if (vips_colourspace(image, &converted, VIPS_INTERPRETATION_sRGB, nullptr) != 0)
    return refused("the colours can't be converted");
  const Image coloured(converted);
  VipsImage* cast = nullptr;
  if (vips_cast_uchar(coloured.get(), &cast, nullptr) != 0) return refused("the colours can't be converted");
  const Image bytes(cast);
  VipsImage* cut = nullptr;
  const int bands = std::min(vips_image_get_bands(bytes.get()), 4);
  if (vips_extract_band(bytes.get(), &cut, 0, "n", bands, nullptr) != 0) return refused("too few colours");
  const Image few(cut);
  std::size_t size = 0;
  const std::unique_ptr<void, decltype(&g_free)> pixels(vips_image_write_to_memory(few.get(), &size), g_free);
  if (!pixels) return refused("the photo can't be decoded");
  const int width = vips_image_get_width(few.get()), height = vips_image_get_height(few.get());
  Image copy(vips_image_new_from_memory_copy(pixels.get(), size, width, height, bands, VIPS_FORMAT_UCHAR));
  if (!copy) return refused("out of memory");
  copy->Type = VIPS_INTERPRETATION_sRGB;
  return copy;
}

Expected<Thumbnail> encoded(VipsImage* image, int edge) {
  void* bytes = nullptr;
  std::size_t size = 0;
  if (vips_webpsave_buffer(image, &bytes, &size, "Q", kThumbnailQuality, "effort", kThumbnailEffort, "strip", TRUE,
                           nullptr) != 0)
    return refused("the thumbnail can't be written");
  const std::unique_ptr<void, decltype(&g_free)> owned(bytes, g_free);
  if (size > kMaxThumbnailBytes) return refused("the thumbnail became too large");
  // libvips writes Exif of its own even then.
  auto picture = bare_webp({static_cast<const char*>(bytes), size});
  if (picture.empty()) return refused("the thumbnail is no WebP");
  return Thumbnail{edge, std::move(picture)};
}

// The largest is made of the photo, turned upright and in sRGB; smaller ones of that.
Expected<std::vector<Thumbnail>> make_thumbnails(VipsSource* source) {
  const int largest = *std::max_element(std::begin(kThumbnailEdges), std::end(kThumbnailEdges));
  VipsImage* made = nullptr;
  if (vips_thumbnail_source(source, &made, largest, "height", largest, "size", VIPS_SIZE_DOWN, "export_profile", "srgb",
                            nullptr) != 0)
    return refused("the photo can't be decoded");
  const Image lazy(made);
  KITH_TRY_ASSIGN(large, bare(lazy.get()));
  std::vector<Thumbnail> thumbnails;
  for (const int edge : kThumbnailEdges) {
    VipsImage* scaled = nullptr;
    if (vips_thumbnail_image(large.get(), &scaled, edge, "height", edge, "size", VIPS_SIZE_DOWN, nullptr) != 0)
      return refused("the photo can't be made smaller");
    const Image small(scaled);
    KITH_TRY_ASSIGN(thumbnail, encoded(small.get(), edge));
    thumbnails.push_back(std::move(thumbnail));
  }
  return thumbnails;
}

}  // namespace

Expected<void> begin_decoding(const char* program) {
  // Every thread's own heap would reserve 64 MiB of address space.
  mallopt(M_ARENA_MAX, 2);
  // No modules by themselves (ImageMagick, PDF, SVG, microscopes), and no code made at run time.
  setenv("VIPSHOME", "/nonexistent", 1);
  setenv("VIPS_NOVECTOR", "1", 1);
  if (VIPS_INIT(program) != 0) return refused("libvips does not start");
  // HEIC and AVIF are in a module of their own; where it is missing, they have no thumbnails.
  if (*KITH_VIPS_HEIF_MODULE != '\0') (void)g_module_open(KITH_VIPS_HEIF_MODULE, G_MODULE_BIND_LOCAL);
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  g_log_set_default_handler([](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
  vips_operation_block_set("VipsForeign", TRUE);
  for (const auto& loader : kLoaders) vips_operation_block_set(loader.operation, FALSE);
  vips_operation_block_set("VipsForeignSaveWebp", FALSE);
  return {};
}

Expected<Photo> read_photo(int descriptor) {
  const Source source(vips_source_new_from_descriptor(descriptor));
  if (!source) return refused("the photo can't be read");
  KITH_TRY_ASSIGN(media_type, media_type_of(source.get()));
  KITH_TRY_ASSIGN(header, open_header(source.get()));
  Photo photo;
  photo.media_type = media_type;
  if (media_type == "image/heic" && text_field(header.get(), "heif-compression") == "av1")
    photo.media_type = "image/avif";
  photo.width = vips_image_get_width(header.get());
  photo.height = vips_image_get_page_height(header.get());
  if (vips_image_get_orientation_swap(header.get()) != 0) std::swap(photo.width, photo.height);
  photo.exif = exif_of(header.get(), media_type, descriptor);
  header.reset();
  KITH_TRY_ASSIGN(thumbnails, make_thumbnails(source.get()));
  photo.thumbnails = std::move(thumbnails);
  return photo;
}

}  // namespace kith::photo
