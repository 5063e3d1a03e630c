// As much of HTTP/1.1 as the service needs: one request on each connection.
#pragma once
#include <functional>
#include <map>
#include <string>

struct Request {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct Response {
  int status = 200;
  std::string body;
  std::map<std::string, std::string> headers = {};
};

/// Answers on the loopback interface until the process is ended; on a free port when it is given 0.
/// `ready` is told the port.
void serve(int port, const std::function<void(int)>& ready, const std::function<Response(const Request&)>& answer);
