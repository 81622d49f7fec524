-- Room: bench. Sends the lines of a file (method, path, body) round robin and prints one JSON line.
-- usage: wrk … -s load.lua URL -- FILE "Name: value" …

local requests, at = {}, 0

function init(arguments)
  local headers = { ["Accept"] = "application/json" }
  for index = 2, #arguments do
    local name, value = arguments[index]:match("^([^:]+): (.*)$")
    headers[name] = value
  end
  for line in io.lines(arguments[1]) do
    local method, path, body = line:match("^(%S+)\t(%S+)\t?(.*)$")
    if body == "" then body = nil end
    headers["Content-Type"] = body and "application/json" or nil
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"max":%d,"failed":%d,"bytes":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    latency.max, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    summary.bytes))
end
