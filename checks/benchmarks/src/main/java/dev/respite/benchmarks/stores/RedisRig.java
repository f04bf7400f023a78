package dev.respite.benchmarks.stores;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.redis.RedisIdempotencyStore;
import dev.respite.idempotency.store.StoredResponse;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import redis.embedded.RedisServer;

/** A process of Redis that writes each command to the disk before it answers. Its floor: two scripts of one SET each. */
final class RedisRig implements Rig {

    private static final String WRITE = "redis.call('SET', KEYS[1], ARGV[1]) return 1";
    private static final String READ = "return redis.call('GET', KEYS[1])";

    private static final String HASH = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";

    private final RedisServer server;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> bare;
    private final String write;
    private final String read;
    private final RedisIdempotencyStore store;
    private final Idempotency<Execution> idempotency;
    private final StoredResponse receipt = StoredResponse.of(RECEIPT);

    RedisRig(List<StoreCalls> calls) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        this.server = RedisServer.newRedisServer()
                .port(port)
                .setting("dir " + Files.createTempDirectory("respite-bench-redis"))
                .setting("save \"\"")
                .setting("appendonly yes")
                .setting("appendfsync always")
                .build();
        server.start();
        this.client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        this.connection = client.connect();
        this.bare = connection.sync();
        this.write = bare.scriptLoad(WRITE);
        this.read = bare.scriptLoad(READ);
        this.store = RedisIdempotencyStore.of(client)
                .withTimeout(Duration.ofSeconds(20))
                .requireDurable();
        this.idempotency = ExternalIdempotency.of(store);
        for (StoreCalls one : calls) {
            for (IdempotentCall call : one.done()) {
                var unused = idempotency.execute(call, execution -> receipt);
                write(call, "DONE", RECEIPT);
            }
        }
    }

    @Override
    public IdempotentResult request(Operation operation, int worker, IdempotentCall call) {
        return idempotency.execute(call, execution -> receipt);
    }

    @Override
    public Floor floor(Operation operation) {
        return switch (operation) {
            case EXECUTE -> new Floor("two bare EVALSHA that write", (worker, call) -> writeTwice(call));
            case REPLAY -> new Floor("one bare EVALSHA that reads", (worker, call) -> read(call));
        };
    }

    private void writeTwice(IdempotentCall call) {
        write(call, "EFFECT_STARTED", "");
        write(call, "DONE", RECEIPT);
    }

    private void read(IdempotentCall call) {
        String found = bare.evalsha(read, ScriptOutputType.VALUE, name(call));
        if (found == null) {
            throw new IllegalStateException("the record is not there");
        }
    }

    /** As many bytes as a record has. */
    private void write(IdempotentCall call, String state, String response) {
        String now = "1764072000000000";
        String record = String.join(
                "\n", state, now, "0e1b2c3d-40d5-43dd-bc93-6894a57f9324-1", now, now, "1:" + HASH, "1", "", response);
        Long unused = bare.evalsha(write, ScriptOutputType.INTEGER, new String[] {name(call)}, record);
    }

    private static String name(IdempotentCall call) {
        return "bare:{" + call.key().value() + "}";
    }

    @Override
    public void close() throws IOException {
        store.close();
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        server.stop();
    }
}
