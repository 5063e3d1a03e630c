// Keeps named texts compressed. Knows nothing of how they come and go.
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// One text, packed by lz4: quick enough to be done for every request.
class Parcel {
 public:
  explicit Parcel(std::string_view text);

  std::string unpack() const;
  std::size_t size() const { return size_; }
  std::size_t packed_size() const { return packed_.size(); }

 private:
  std::string packed_;
  std::size_t size_;
};

class Stow {
 public:
  const Parcel& put(const std::string& name, std::string_view text);
  std::optional<std::string> get(const std::string& name) const;

 private:
  std::map<std::string, Parcel> parcels_;
};

/// As a gzip file, which every client reads.
std::string gzip(std::string_view text);
std::string gunzip(std::string_view packed, std::size_t size);
