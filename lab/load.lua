-- Counts responses for lab/load.py and prints one line of JSON at the end.
--
-- wrk has one thread, so the functions below see every response. `done` runs in another
-- Lua state and reads the counters through the thread.

-- A refused client waits as Retry-After says. wrk calls `delay` before each request, for
-- whichever connection is next, in the order of the responses.

local thread
local RETRY_AFTER = 1000 -- ms

function setup(one)
  thread = one
end

function init()
  refused = 0
  failed = 0
  waits = {}
  first, last = 1, 0
end

local function has_retry_after(headers)
  for name in pairs(headers) do
    if name:lower() == "retry-after" then return true end
  end
  return false
end

function response(status, headers)
  local wait = 0
  if status == 503 and has_retry_after(headers) then
    refused = refused + 1
    wait = RETRY_AFTER
  elseif status ~= 200 then
    failed = failed + 1
  end
  last = last + 1
  waits[last] = wait
end

function delay()
  local wait = waits[first]
  if wait == nil then return 0 end -- the first request of a connection
  waits[first] = nil
  first = first + 1
  return wait
end

function done(summary, latency)
  -- These got no response, and wrk has not counted them as requests.
  local broken = summary.errors.connect + summary.errors.read
    + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    'result {"requests":%d,"seconds":%.3f,"p50":%.3f,"p99":%.3f,"refused":%d,"failed":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    thread:get("refused"), thread:get("failed"), broken))
end
