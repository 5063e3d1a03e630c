#include "stow.h"

#include <libdeflate.h>
#include <lz4.h>

#include <memory>
#include <stdexcept>

Parcel::Parcel(std::string_view text) : size_(text.size()) {
  if (size_ > LZ4_MAX_INPUT_SIZE) throw std::length_error("the text is too large for one parcel");
  packed_.resize(LZ4_compressBound(static_cast<int>(size_)));
  const int length = LZ4_compress_default(text.data(), packed_.data(), static_cast<int>(size_), static_cast<int>(packed_.size()));
  packed_.resize(length);
}

std::string Parcel::unpack() const {
  std::string text(size_, '\0');
  const int length = LZ4_decompress_safe(packed_.data(), text.data(), static_cast<int>(packed_.size()), static_cast<int>(size_));
  if (length < 0 || static_cast<std::size_t>(length) != size_) throw std::runtime_error("a parcel is damaged");
  return text;
}

const Parcel& Stow::put(const std::string& name, std::string_view text) {
  return parcels_.insert_or_assign(name, Parcel(text)).first->second;
}

std::optional<std::string> Stow::get(const std::string& name) const {
  const auto found = parcels_.find(name);
  if (found == parcels_.end()) return std::nullopt;
  return found->second.unpack();
}

namespace {

struct FreeCompressor {
  void operator()(libdeflate_compressor* one) const { libdeflate_free_compressor(one); }
};

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* one) const { libdeflate_free_decompressor(one); }
};

constexpr int LEVEL = 6;

}  // namespace

std::string gzip(std::string_view text) {
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(libdeflate_alloc_compressor(LEVEL));
  if (!compressor) throw std::bad_alloc();
  std::string packed(libdeflate_gzip_compress_bound(compressor.get(), text.size()), '\0');
  packed.resize(libdeflate_gzip_compress(compressor.get(), text.data(), text.size(), packed.data(), packed.size()));
  return packed;
}

std::string gunzip(std::string_view packed, std::size_t size) {
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(libdeflate_alloc_decompressor());
  if (!decompressor) throw std::bad_alloc();
  std::string text(size, '\0');
  const auto result = libdeflate_gzip_decompress(decompressor.get(), packed.data(), packed.size(), text.data(), size, nullptr);
  if (result != LIBDEFLATE_SUCCESS) throw std::runtime_error("gzip could not be read");
  return text;
}
