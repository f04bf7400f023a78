package dev.respite.idempotency.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Checks that the user of the connection has the rights (ACL) to run the commands of the store. */
final class Permissions {

    /**
     * Runs each command of the scripts and of {@link KeyScan} in a form that changes nothing, on a name that does not exist,
     * and returns the commands that are not permitted. Redis 6 and 7 have these texts. Other errors are ignored: a
     * replica, a full server and a cluster reject some of these commands although they are permitted.
     */
    private static final LuaScript PROBE = new LuaScript("""
            local rejected = {}
            local function probe(...)
              local reply = redis.pcall(...)
              local failure = type(reply) == 'table' and reply.err or ''
              if string.find(failure, 'permissions to run the') or string.find(failure, 'run this command')
                  or string.find(failure, 'Unknown Redis command') then
                rejected[#rejected + 1] = string.lower((...))
              end
            end

            local name = ARGV[1]
            probe('INFO', 'replication')
            probe('TIME')
            probe('GET', name)
            probe('GETRANGE', name, 0, 0)
            probe('SET', name, '', 'XX')
            probe('PERSIST', name)
            probe('PEXPIREAT', name, 1)
            probe('SCAN', 0, 'COUNT', 1)
            probe('DBSIZE')
            probe('HGET', name, 'field')
            probe('HSET', name, 'field', '', 'field without a value')
            probe('ZADD', name, 'XX', 0, 'member')
            probe('ZCARD', name)
            probe('ZSCORE', name, 'member')
            probe('ZREVRANGE', name, 0, 0)
            probe('ZREMRANGEBYSCORE', name, 0, 0)
            return rejected
            """);

    /** The name of no record. */
    private static final byte[] NAME = "respite:idempotency:probe".getBytes(StandardCharsets.UTF_8);

    private static final Pattern DENIED = Pattern.compile("NOPERM|ACL failure|user executing the script");

    private Permissions() {}

    /** Returns the commands that a server that stores records does not permit to the user of the connection. */
    static Set<String> missing(RedisConnections connections) {
        Set<String> missing = new LinkedHashSet<>();
        for (RedisClusterAsyncCommands<String, byte[]> server :
                connections.servers().current().each()) {
            // The first one sends the script, and the second one runs it by its digest.
            missing.addAll(missing(
                    "eval",
                    () -> connections.await(server.eval(PROBE.text(), ScriptOutputType.MULTI, new String[0], NAME))));
            missing.addAll(missing(
                    "evalsha",
                    () -> connections.await(
                            server.evalsha(PROBE.digest(), ScriptOutputType.MULTI, new String[0], NAME))));
        }
        return missing;
    }

    private static List<String> missing(String command, Supplier<List<byte[]>> probe) {
        try {
            return probe.get().stream().map(RecordCodec::text).toList();
        } catch (RedisCommandExecutionException failure) {
            // A server that loads its data, for example, rejects commands that are permitted.
            return isNotPermitted(failure) ? List.of(command) : List.of();
        }
    }

    private static boolean isNotPermitted(RedisCommandExecutionException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("permissions to run the") || message.contains("unknown command");
    }

    /**
     * Rejects a user without all rights. The names of records are not checked, because the prefix may be changed later.
     *
     * @throws IllegalStateException if a right is missing
     */
    static void check(Set<String> missing) {
        if (!missing.isEmpty()) {
            throw new IllegalStateException("Redis does not permit " + String.join(", ", missing)
                    + " to the user of the connection. The store needs these commands (docs/idempotency-stores.md has all): ACL"
                    + " SETUSER <user> "
                    + missing.stream().map(name -> "+" + name).collect(Collectors.joining(" ")));
        }
    }

    /** Returns the remedy to add to the message of a failure; empty if no right is missing. */
    static String remedy(Throwable failure) {
        return DENIED.matcher(String.valueOf(failure.getMessage())).find()
                ? ". Grant the user of the connection the commands of docs/idempotency-stores.md, and the names that begin"
                        + " with the prefix of the store: ACL SETUSER <user> ~<prefix>*"
                : "";
    }
}
