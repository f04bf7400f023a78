package dev.respite.idempotency.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A Lua script, which Redis runs atomically. It is sent once to each server, and then called by its digest. */
final class LuaScript {

    private final String text;
    private final String digest;

    LuaScript(String text) {
        this.text = text;
        this.digest = sha1(text);
    }

    String text() {
        return text;
    }

    String digest() {
        return digest;
    }

    List<byte[]> run(RedisConnections connections, String key, byte[]... args) {
        String[] keys = {key};
        RedisClusterAsyncCommands<String, byte[]> commands = connections.commands();
        try {
            return connections.await(commands.evalsha(digest, ScriptOutputType.MULTI, keys, args));
        } catch (RedisNoScriptException unknown) {
            return connections.await(commands.eval(text, ScriptOutputType.MULTI, keys, args));
        }
    }

    private static String sha1(String text) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(sha1.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-1", impossible);
        }
    }
}
