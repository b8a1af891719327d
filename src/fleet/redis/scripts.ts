/** The scripts of the engine: each is one atomic step in one shard. Times are Redis' own, in milliseconds. */

/**
 * The value of a record: the numbers of its names (ARNs), and its text. A number is given with the record that needs it: what a restart
 * forgets, it forgets together.
 */
const VALUE = `
local function value(names, text, from)
  local numbers = {}
  for i = from, #ARGV do
    local number = redis.call('HGET', names, ARGV[i])
    if not number then
      number = redis.call('HLEN', names)
      redis.call('HSET', names, ARGV[i], number)
    end
    numbers[#numbers + 1] = number
  end
  return table.concat(numbers, ',') .. ':' .. text
end
`;

/** KEYS: records, names, inbox, outcome. ARGV: id, text, names. */
const PUT = `${VALUE}
if redis.call('EXISTS', KEYS[4]) == 1 or redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], value(KEYS[2], ARGV[2], 3))
redis.call('XADD', KEYS[3], '*', 'n', ARGV[1])
return 1`;

/** A holder that was paused must not bring back what has its outcome. KEYS: records, names. ARGV: id, text, names. */
const UPDATE = `${VALUE}
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], value(KEYS[2], ARGV[2], 3))
return 1`;

/** Only the one that removes the record tells the outcome. KEYS: records, outcomes, outcome. ARGV: id, outcome, keepMs. */
const SETTLE = `
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'o', ARGV[2])
if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3]) end
return 1`;

/** Words that are no records may be dropped: polls tell what they would have told. KEYS: inbox. ARGV: most, field, value. */
const ADD_WORD = `
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('XADD', KEYS[1], '*', ARGV[2], ARGV[3])
return 1`;

/** A holder of an earlier term drops nothing. KEYS: inbox, term. ARGV: first position to keep, term. */
const TRIM = `
if tonumber(ARGV[2]) < (tonumber(redis.call('GET', KEYS[2])) or 0) then return 0 end
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
return 1`;

/** The bucket as in token-bucket.ts. KEYS: bucket. ARGV: requestsPerSecond, burst, wanted. Returns the milliseconds to wait. */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = redis.call('HMGET', KEYS[1], 't', 'a', 'u')
local tokens, at, pausedUntil = tonumber(bucket[1]) or burst, tonumber(bucket[2]) or now, tonumber(bucket[3]) or 0
local since = math.max(at, math.min(pausedUntil, now))
tokens = math.min(burst, tokens + math.max(0, now - since) * rate / 1000)
at = math.max(at, now)
local wait = 0
if at >= pausedUntil and tokens >= wanted then tokens = tokens - 1
else wait = math.max(1, math.ceil(math.max(0, pausedUntil - at) + math.max(0, wanted - tokens) * 1000 / rate)) end
redis.call('HSET', KEYS[1], 't', tostring(tokens), 'a', string.format('%.3f', at))
redis.call('PEXPIRE', KEYS[1], math.ceil(math.max(0, pausedUntil - at) + burst * 1000 / rate) + 1000)
return wait`;

/** KEYS: bucket. ARGV: burst. */
const REFUND = `
local tokens = redis.call('HGET', KEYS[1], 't')
if tokens then redis.call('HSET', KEYS[1], 't', tostring(math.min(tonumber(ARGV[1]), tonumber(tokens) + 1))) end
return 1`;

/** KEYS: bucket. ARGV: ms. */
const PAUSE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local before = tonumber(redis.call('HGET', KEYS[1], 'u')) or 0
local pausedUntil = math.max(before, now + tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 't', '0', 'a', string.format('%.3f', now), 'u', string.format('%.3f', pausedUntil))
redis.call('PEXPIRE', KEYS[1], math.ceil(pausedUntil - now) + 60000)
return 1`;

/**
 * A sign of life of one worker and of its shards. KEYS: workers, held, holders, oldest. ARGV: name, leaseMs, then each shard with its
 * oldest delivery ('' for none). Returns the workers.
 */
const BEAT = `
local time = redis.call('TIME')
local now = math.floor(time[1] * 1000 + time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
for i = 3, #ARGV, 2 do
  redis.call('ZADD', KEYS[2], now, ARGV[i])
  redis.call('HSET', KEYS[3], ARGV[i], ARGV[1])
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[4], ARGV[i])
  else redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1]) end
end
return redis.call('ZRANGE', KEYS[1], 0, -1)`;

export type ScriptName =
  | 'fleetPut'
  | 'fleetUpdate'
  | 'fleetSettle'
  | 'fleetAddWord'
  | 'fleetTrim'
  | 'fleetTake'
  | 'fleetRefund'
  | 'fleetPause'
  | 'fleetBeat';

/** The commands, each with its number of keys. */
export const scripts: Readonly<Record<ScriptName, { readonly numberOfKeys: number; readonly lua: string }>> = {
  fleetPut: { numberOfKeys: 4, lua: PUT },
  fleetUpdate: { numberOfKeys: 2, lua: UPDATE },
  fleetSettle: { numberOfKeys: 3, lua: SETTLE },
  fleetAddWord: { numberOfKeys: 1, lua: ADD_WORD },
  fleetTrim: { numberOfKeys: 2, lua: TRIM },
  fleetTake: { numberOfKeys: 1, lua: TAKE },
  fleetRefund: { numberOfKeys: 1, lua: REFUND },
  fleetPause: { numberOfKeys: 1, lua: PAUSE },
  fleetBeat: { numberOfKeys: 4, lua: BEAT },
};
