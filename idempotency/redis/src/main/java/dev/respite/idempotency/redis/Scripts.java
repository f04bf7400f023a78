package dev.respite.idempotency.redis;

/**
 * The operations that Redis runs atomically. Times are microseconds since 1970 by the clock of Redis, which Lua's numbers
 * represent exactly until the year 2255. The function {@code text} formats them, since Lua's own format has 14 digits. Each
 * script touches one key.
 *
 * <p>A record is one text. It has a line each for its state, fence, owner, end of lease, expiry, fingerprint, claims and key
 * time, followed by the response in its own format. A hash with these fields would take twice the time: each of its commands
 * is parsed field by field, and a long response changes the encoding of the hash.
 *
 * <p>The arguments are state, owner, fingerprint, claims, lease, retention, skew, key time and response of the write; then
 * the expected state, fence and owner, and whether the lease must be over. An absent value is an empty text. The reply is
 * its kind and the time, followed by the record that was found, or by the one that was written, without the response.
 */
final class Scripts {

    private static final String CLOCK = """
            local time = redis.call('TIME')
            local at = time[1] * 1000000 + time[2]

            local function text(number)
              return string.format('%.0f', number)
            end

            """;

    private static final String WRITE = """
            local function write(fence)
              local from = at
              if ARGV[8] ~= '' and tonumber(ARGV[8]) > at then
                from = tonumber(ARGV[8])
              end
              local kept = from + ARGV[6]
              local record = string.format('%s\\n%s\\n%s\\n%.0f\\n%.0f\\n%s\\n%s\\n%s\\n',
                ARGV[1], fence, ARGV[2], at + ARGV[5], kept, ARGV[3], ARGV[4], ARGV[8])
              -- Other states never expire.
              if ARGV[1] == 'DONE' or ARGV[1] == 'READY' then
                redis.call('SET', KEYS[1], record .. ARGV[9], 'PX', text(math.max(1, math.ceil((kept - at) / 1000))))
              else
                redis.call('SET', KEYS[1], record .. ARGV[9])
              end
              return {'written', text(at), record}
            end

            """;

    /** The role, the replication id and the previous one; nil if the server does not report them. */
    private static final String SERVER = """
            local function server()
              local info = redis.pcall('INFO', 'replication')
              if type(info) ~= 'string' then
                return nil
              end
              return string.match(info, 'role:(%a+)'), string.match(info, 'master_replid:(%x+)'),
                string.match(info, 'master_replid2:(%x+)')
            end

            local function fact(section, pattern)
              local info = redis.pcall('INFO', section)
              return type(info) == 'string' and string.match(info, pattern) or ''
            end

            """;

    /** One more argument: {@link Lineage#text}, or {@link Lineage#IGNORED}. */
    static final LuaScript PUT_IF_ABSENT = new LuaScript(CLOCK + WRITE + SERVER + """
            local found = redis.call('GET', KEYS[1])
            if found then
              return {'found', text(at), found}
            end
            if ARGV[8] ~= '' then
              local minted = tonumber(ARGV[8])
              if minted <= at - ARGV[6] or minted > at + ARGV[7] then
                return {'not-admitted', text(at)}
              end
              local role, id, before
              if ARGV[10] ~= 'ignored' then
                role, id, before = server()
              end
              if role == 'slave' then
                return {'replica', text(at)}
              end
              if id then
                local since = string.match(ARGV[10], id .. ' (%d+)\\n')
                if not since then
                  return {'unknown-server', text(at), id, before or '', fact('server', 'run_id:(%x+)'),
                    fact('persistence', 'aof_enabled:(%d)')}
                end
                if minted <= tonumber(since) then
                  ARGV[1] = 'UNKNOWN'
                  ARGV[9] = ''
                  local written = write(text(at))
                  return {'lost', written[2], written[3]}
                end
              end
            end
            return write(text(at))
            """);

    /**
     * Registers the server that runs the script. The arguments are its replication id, the previous one, its run id, and {@code
     * durable} if it was started without a loss. Then follow how many microseconds ago the caller observed it as a primary, the
     * result of {@link Lineage#text}, and a line with replication id and run id of each server that stores records. The first
     * call of all registers these servers too; only servers that appear later are checked. If the hash lacks an id that the
     * caller has registered, the hash was lost, and records with it. The reply ends with each id of these lines and its time,
     * which is an empty text if the id is not registered.
     *
     * <p>A promoted replica has a previous id; a server that was started has none. A server without a replica for an hour
     * takes a new id while it runs.
     */
    static final LuaScript REGISTER = new LuaScript(CLOCK + """
            local function reply(kind, since)
              local all = {kind, text(at), since}
              for id in string.gmatch(ARGV[7], '(%x+) %x+\\n') do
                all[#all + 1] = id
                all[#all + 1] = redis.call('HGET', KEYS[1], id) or ''
              end
              return all
            end

            local isHashLost = false
            for id, since in string.gmatch(ARGV[6], '(%x+) (%d+)\\n') do
              if not redis.call('HGET', KEYS[1], id) then
                redis.call('HSET', KEYS[1], id, since)
                isHashLost = true
              end
            end
            local registered = redis.call('HGET', KEYS[1], ARGV[1])
            if registered and not isHashLost then
              return reply('registered', registered)
            end
            local since = redis.call('HGET', KEYS[1], 'since')
            if not since and not isHashLost then
              for id, run in string.gmatch(ARGV[7], '(%x+) (%x+)\\n') do
                redis.call('HSET', KEYS[1], id, '0', 'run:' .. run, text(at))
              end
            end
            local isSameServer = string.match(ARGV[2], '^0*$')
              and (ARGV[4] ~= '' or redis.call('HGET', KEYS[1], 'run:' .. ARGV[3]))
            local isLost = isHashLost or since and not isSameServer
            since = tonumber(since or 0)
            if isLost then
              since = math.max(since, at - ARGV[5])
            end
            redis.call('HSET', KEYS[1], 'since', text(since), ARGV[1], text(since), 'run:' .. ARGV[3], text(at))
            return reply(isLost and 'lost' or 'new', text(since))
            """);

    static final LuaScript COMPARE_AND_SET = new LuaScript(CLOCK + WRITE + """
            local found = redis.call('GET', KEYS[1])
            if not found then
              return {'nothing', text(at)}
            end
            local state, fence, owner, lease = string.match(found, '^([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n')
            if state ~= ARGV[10] or fence ~= ARGV[11] or owner ~= ARGV[12]
                or (ARGV[13] ~= '' and tonumber(lease) >= at) then
              return {'found', text(at), found}
            end
            if owner ~= ARGV[2] then
              fence = text(math.max(at, tonumber(fence) + 1))
            end
            -- First of all: after a write that needs no memory, a full Redis lets the others of the script pass. It refuses
            -- new records, but what was begun can be finished.
            redis.call('PERSIST', KEYS[1])
            return write(fence)
            """);

    static final LuaScript FIND = new LuaScript(CLOCK + """
            local found = redis.call('GET', KEYS[1])
            if found then
              return {'found', text(at), found}
            end
            return {'nothing', text(at)}
            """);

    private static final String SET_EXPIRY = """
            -- The set goes when the last place in it is given back, whichever was the last to be kept.
            local function setExpiry()
              local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
              if last == 'inf' then
                redis.call('PERSIST', KEYS[1])
              elseif last then
                redis.call('PEXPIREAT', KEYS[1], text(math.ceil(last / 1000)))
              end
            end

            """;

    /**
     * Reserves a place for a record among the records of its scope, a sorted set by release time. The arguments are the name of
     * the record, the maximum number of places, and the retention. The reply is whether the record has a place.
     */
    static final LuaScript RESERVE = new LuaScript(CLOCK + SET_EXPIRY + """
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(at))
            if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
              return {'reserved'}
            end
            if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
              return {'full'}
            end
            redis.call('ZADD', KEYS[1], text(at + ARGV[3]), ARGV[1])
            setExpiry()
            return {'reserved'}
            """);

    /**
     * Changes when a place is released. The arguments are the name of the record, and the time until the release; an empty
     * text means never. A place that was released already is reserved again only to hold it.
     */
    static final LuaScript HOLD = new LuaScript(CLOCK + SET_EXPIRY + """
            if ARGV[2] == '' then
              redis.call('ZADD', KEYS[1], 'inf', ARGV[1])
            else
              redis.call('ZADD', KEYS[1], 'XX', text(at + ARGV[2]), ARGV[1])
            end
            setExpiry()
            return {'done'}
            """);

    private Scripts() {}
}
