// stowage [PORT]: keeps what is PUT, compressed in memory, and hands it out to whoever GETs it.
// stowage --check FILE: packs and unpacks a file, and says how small it became.
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>

#include "http.h"
#include "stow.h"

namespace {

Response answer(Stow& stow, const Request& request) {
  if (request.method == "PUT") {
    const Parcel& parcel = stow.put(request.path, request.body);
    return {201, std::to_string(parcel.size()) + " -> " + std::to_string(parcel.packed_size()) + "\n"};
  }
  if (request.method != "GET") return {405, "only PUT and GET\n"};
  const auto text = stow.get(request.path);
  if (!text) return {404, "nothing of that name\n"};
  const auto accepted = request.headers.find("accept-encoding");
  const bool wants_gzip = accepted != request.headers.end() && accepted->second.find("gzip") != std::string::npos;
  if (wants_gzip) return {200, gzip(*text), {{"content-encoding", "gzip"}}};
  return {200, *text};
}

int check(const char* file) {
  std::ifstream input(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(input), {}};
  const Parcel parcel(text);
  const std::string zipped = gzip(text);
  std::cout << text.size() << " bytes, lz4 " << parcel.packed_size() << ", gzip " << zipped.size() << "\n";
  return !text.empty() && parcel.unpack() == text && gunzip(zipped, text.size()) == text ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 3 && std::string(argv[1]) == "--check") return check(argv[2]);
    Stow stow;
    const auto ready = [](int port) { std::cout << "http://127.0.0.1:" << port << std::endl; };
    serve(argc > 1 ? std::atoi(argv[1]) : 0, ready, [&stow](const Request& request) { return answer(stow, request); });
  } catch (const std::exception& error) {
    std::cerr << "stowage: " << error.what() << "\n";
    return 1;
  }
}
