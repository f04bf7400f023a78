package dev.respite.idempotency.redis;

/**
 * What Redis does as one step. Times are microseconds since 1970 by Redis's clock, which Lua's numbers hold exactly until the
 * year 2255; texts of them are made by {@code text}, since Lua's own has 14 digits. Each script touches one key.
 *
 * <p>Arguments: state, owner, fingerprint, claims, lease, retention, skew, when the key was minted, response of the draft;
 * then state, fence and owner that are expected, and whether the lease must be over. What is not there is an empty text.
 */
final class Scripts {

    private static final String CLOCK = """
            local function now()
              local time = redis.call('TIME')
              return time[1] * 1000000 + time[2]
            end

            local function text(number)
              return string.format('%.0f', number)
            end

            """;

    private static final String COMMON = CLOCK + """
            local function read(at)
              local record = redis.call('HMGET', KEYS[1],
                'state', 'fence', 'owner', 'fingerprint', 'claims', 'lease', 'expires', 'minted', 'response')
              if not record[1] then
                return nil
              end
              return {'found', text(at), unpack(record)}
            end

            local function write(at, fence)
              local from = at
              if ARGV[8] ~= '' and tonumber(ARGV[8]) > at then
                from = tonumber(ARGV[8])
              end
              local expires = from + ARGV[6]
              local reply = {'written', text(at), text(fence), text(at + ARGV[5]), text(expires)}
              redis.call('HSET', KEYS[1],
                'state', ARGV[1], 'fence', reply[3], 'owner', ARGV[2], 'fingerprint', ARGV[3], 'claims', ARGV[4],
                'lease', reply[4], 'expires', reply[5], 'minted', ARGV[8], 'response', ARGV[9])
              -- Nothing else ever goes by itself: not what somebody is at, nor what nobody knows the end of.
              if ARGV[1] == 'DONE' or ARGV[1] == 'READY' then
                redis.call('PEXPIREAT', KEYS[1], text(math.ceil(expires / 1000)))
              end
              return reply
            end

            """;

    static final Script PUT_IF_ABSENT = new Script(COMMON + """
            local at = now()
            local found = read(at)
            if found then
              return found
            end
            if ARGV[8] ~= '' then
              local minted = tonumber(ARGV[8])
              if minted <= at - ARGV[6] or minted > at + ARGV[7] then
                return {'not-admitted', text(at)}
              end
            end
            return write(at, at)
            """);

    static final Script COMPARE_AND_SET = new Script(COMMON + """
            local at = now()
            local is = redis.call('HMGET', KEYS[1], 'state', 'fence', 'owner', 'lease')
            if is[1] ~= ARGV[10] or is[2] ~= ARGV[11] or is[3] ~= ARGV[12]
                or (ARGV[13] ~= '' and tonumber(is[4]) >= at) then
              return read(at) or {'nothing', text(at)}
            end
            local fence = tonumber(is[2])
            if is[3] ~= ARGV[2] then
              fence = math.max(at, fence + 1)
            end
            -- First of all: after a write that needs no memory, a full Redis lets the others of the script pass. It refuses
            -- new records, but what was begun can be finished.
            redis.call('PERSIST', KEYS[1])
            return write(at, fence)
            """);

    static final Script FIND = new Script(COMMON + "return read(now()) or {'nothing', text(now())}\n");

    /**
     * Keeps a place for a record among those of its scope, a sorted set by when each is given back. Arguments: the record's
     * name, how many there may be, the retention. It answers whether the record has one.
     */
    static final Script RESERVE = new Script(CLOCK + """
            local at = now()
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(at))
            if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
              return {'reserved'}
            end
            if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
              return {'full'}
            end
            redis.call('ZADD', KEYS[1], text(at + ARGV[3]), ARGV[1])
            -- The set goes when the last place in it is given back, whichever was the last to be kept.
            local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
            redis.call('PEXPIREAT', KEYS[1], text(math.ceil(last / 1000)))
            return {'reserved'}
            """);

    private Scripts() {}
}
