package dev.respite.idempotency.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.SocketAddressResolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A primary and its replica, behind a name that leads to one of them. */
final class ReplicatedRedis implements AutoCloseable {

    final Redis first = Redis.durable();
    final Redis second;

    private final ClientResources resources;
    private final RedisClient client;
    private volatile Redis named = first;

    ReplicatedRedis() {
        List<String> settings = new ArrayList<>(Redis.DURABLE);
        settings.add("replicaof 127.0.0.1 " + first.uri().getPort());
        second = Redis.with(settings);
        Redis.await(() -> first.commands().info("replication").contains("state=online"));
        resources = ClientResources.builder()
                .reconnectDelay(Delay.constant(Duration.ofMillis(50)))
                .socketAddressResolver(new SocketAddressResolver() {
                    @Override
                    public SocketAddress resolve(RedisURI uri) {
                        return new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), named.uri().getPort());
                    }
                })
                .build();
        client = RedisClient.create(resources, "redis://redis.example");
    }

    RedisClient client() {
        return client;
    }

    RedisIdempotencyStore store() {
        return RedisIdempotencyStore.of(client).withTimeout(Duration.ofSeconds(20));
    }

    /** Waits until the replica has all that the primary has acknowledged. */
    void replicate() {
        Redis.await(() -> first.commands().waitForReplication(1, 1_000) == 1);
    }

    /** Makes the second the primary and the first its replica. The name still leads to the first. */
    void failOver() {
        second.commands().replicaofNoOne();
        first.commands().replicaof("127.0.0.1", second.uri().getPort());
    }

    /** Makes the second a primary; the first goes on as one, and its later writes are lost. */
    void partition() {
        second.commands().replicaofNoOne();
    }

    /** Makes the first a replica of the second. Its writes in between are lost then. */
    void heal() {
        first.commands().replicaof("127.0.0.1", second.uri().getPort());
        Redis.await(() -> first.commands().info("replication").contains("master_link_status:up"));
    }

    /** Lets the name lead to the second. */
    void rename() {
        named = second;
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        resources.shutdown(0, 5, TimeUnit.SECONDS);
        second.close();
        first.close();
    }
}
