package dev.respite.idempotency.redis;

/**
 * What Redis does as one step. Times are microseconds since 1970 by Redis's clock, which Lua's numbers hold exactly until the
 * year 2255; texts of them are made by {@code text}, since Lua's own has 14 digits. Each script touches one key.
 *
 * <p>A record is one text: its state, fence, owner, end of lease and expiry, then fingerprint, claims and when the key was minted,
 * a line each, and after them the response as it is. A hash of these would take twice the time: each of its commands is
 * parsed field by field, and a long response makes it another kind of hash.
 *
 * <p>Arguments: state, owner, fingerprint, claims, lease, retention, skew, when the key was minted, response of the draft;
 * then state, fence and owner that are expected, and whether the lease must be over. What is not there is an empty text.
 * The answer says what it is and what time it is; then comes the record that was found, or the one that was written, without
 * the response.
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
              -- Nothing else ever goes by itself: not what somebody is at, nor what nobody knows the end of.
              if ARGV[1] == 'DONE' or ARGV[1] == 'READY' then
                redis.call('SET', KEYS[1], record .. ARGV[9], 'PX', text(math.max(1, math.ceil((kept - at) / 1000))))
              else
                redis.call('SET', KEYS[1], record .. ARGV[9])
              end
              return {'written', text(at), record}
            end

            """;

    /** Role, replication id and the one before; nothing if the server does not say. */
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

    /** One more argument: {@link Lineage#text}, or that it is ignored. */
    static final Script PUT_IF_ABSENT = new Script(CLOCK + WRITE + SERVER + """
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
     * Registers the server that runs it. Arguments: its replication id, the one before, its run id, {@code durable} if it was
     * started without a loss, how many microseconds ago the caller observed it as a primary, what {@link Lineage#text} returns,
     * and a line with replication id and run id of each server that keeps records. The first call of all registers these too:
     * only servers that are met later are judged. If the hash lacks an id that the caller has registered, the hash was lost, and
     * records with it. The reply ends with each id of these lines and its time, which is an empty text if it is not registered.
     *
     * <p>A promoted replica has an id before. A server that was started has none. One that had no replica for an hour takes a
     * new id while it runs.
     */
    static final Script REGISTER = new Script(CLOCK + """
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
              if redis.call('HSETNX', KEYS[1], id, since) == 1 then
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
              and (ARGV[4] ~= '' or redis.call('HEXISTS', KEYS[1], 'run:' .. ARGV[3]) == 1)
            local isLost = isHashLost or since and not isSameServer
            since = tonumber(since or 0)
            if isLost then
              since = math.max(since, at - ARGV[5])
            end
            redis.call('HSET', KEYS[1], 'since', text(since), ARGV[1], text(since), 'run:' .. ARGV[3], text(at))
            return reply(isLost and 'lost' or 'new', text(since))
            """);

    static final Script COMPARE_AND_SET = new Script(CLOCK + WRITE + """
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

    static final Script FIND = new Script(CLOCK + """
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
     * Keeps a place for a record among those of its scope, a sorted set by when each is given back. Arguments: the record's
     * name, how many there may be, the retention. It answers whether the record has one.
     */
    static final Script RESERVE = new Script(CLOCK + SET_EXPIRY + """
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
     * Changes when a place is given back. Arguments: the record's name, and in how long; an empty text is never. A place that
     * was given back already is only taken again to be held.
     */
    static final Script HOLD = new Script(CLOCK + SET_EXPIRY + """
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
