#include "http.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace {

constexpr std::size_t LARGEST = 64 << 20;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// Closes what it holds, whatever happens.
struct Socket {
  int fd;
  explicit Socket(int descriptor) : fd(descriptor) {}
  Socket(const Socket&) = delete;
  ~Socket() { close(fd); }
};

/// Reads until `enough` is satisfied; false when the other side stops before.
template <typename Enough>
bool read_until(int fd, std::string& text, Enough enough) {
  char chunk[16384];
  while (!enough(text)) {
    const ssize_t length = read(fd, chunk, sizeof chunk);
    if (length <= 0 || text.size() > LARGEST) return false;
    text.append(chunk, static_cast<std::size_t>(length));
  }
  return true;
}

std::map<std::string, std::string> parse_headers(const std::string& head) {
  std::map<std::string, std::string> headers;
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos) {
    const std::size_t begin = at + 2, colon = head.find(':', begin);
    at = head.find("\r\n", begin);
    if (colon == std::string::npos || colon > at) continue;
    std::string name = head.substr(begin, colon - begin);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) { return std::tolower(letter); });
    const std::size_t value = head.find_first_not_of(' ', colon + 1);
    headers[name] = value == std::string::npos ? "" : head.substr(value, at - value);
  }
  return headers;
}

std::optional<Request> read_request(int fd) {
  std::string text;
  const auto has_head = [](const std::string& seen) { return seen.find("\r\n\r\n") != std::string::npos; };
  if (!read_until(fd, text, has_head)) return std::nullopt;
  const std::size_t end = text.find("\r\n\r\n");
  const std::string head = text.substr(0, end);
  const std::size_t first = head.find(' '), second = head.find(' ', first + 1);
  if (second == std::string::npos) return std::nullopt;
  Request request{head.substr(0, first), head.substr(first + 1, second - first - 1), parse_headers(head), text.substr(end + 4)};
  const std::size_t length = std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
  const auto has_body = [length](const std::string& seen) { return seen.size() >= length; };
  if (length > LARGEST || !read_until(fd, request.body, has_body)) return std::nullopt;
  return request;
}

void write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t length = send(fd, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (length <= 0) return;  // the other side has gone
    done += static_cast<std::size_t>(length);
  }
}

void write_response(int fd, const Response& response) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + (response.status < 400 ? " OK" : " Error") +
                     "\r\nconnection: close\r\ncontent-length: " + std::to_string(response.body.size()) + "\r\n";
  for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
  write_all(fd, head + "\r\n" + response.body);
}

int listen_on(int fd, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, generic, length) != 0) fail("bind");
  if (listen(fd, 16) != 0) fail("listen");
  if (getsockname(fd, generic, &length) != 0) fail("getsockname");
  return ntohs(address.sin_port);
}

}  // namespace

void serve(int port, const std::function<void(int)>& ready, const std::function<Response(const Request&)>& answer) {
  const Socket listener(socket(AF_INET, SOCK_STREAM, 0));
  if (listener.fd < 0) fail("socket");
  ready(listen_on(listener.fd, port));
  for (;;) {
    const int fd = accept(listener.fd, nullptr, nullptr);
    if (fd < 0) continue;
    const Socket connection(fd);
    const auto request = read_request(fd);
    write_response(fd, request ? answer(*request) : Response{400, "not a request\n"});
  }
}
