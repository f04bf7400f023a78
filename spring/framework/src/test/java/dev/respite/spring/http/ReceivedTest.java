package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunctions;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Responses of Reactor Netty, whose bodies are subscribed to by its thread. */
class ReceivedTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FaultyServer server = FaultyServer.start();
    private final LoopResources threads = LoopResources.create("received-test", 1, true);
    private final ConnectionProvider pool = ConnectionProvider.create("received-test", 1);

    @AfterEach
    void close() {
        server.close();
        pool.dispose();
        threads.disposeLater(Duration.ZERO, PATIENCE).block();
    }

    private ClientResponse get() {
        HttpClient client = HttpClient.create(pool).runOn(threads);
        return ExchangeFunctions.create(new ReactorClientHttpConnector(client))
                .exchange(ClientRequest.create(HttpMethod.GET, server.uri()).build())
                .block(PATIENCE);
    }

    /** An attempt ends so when its time is up while its response arrives. */
    @Test
    void release_byAnotherThreadWhileThatOfTheConnectionIsBusy_closesTheConnection() {
        server.then(ServerFault.hangInBody(503, "begun"));
        ClientResponse response = get();
        CompletableFuture<Void> free = new CompletableFuture<>();
        threads.onClient(true).execute(free::join);
        try {
            Received.release(response);
        } finally {
            free.complete(null);
        }
        Awaitility.await().until(() -> server.openConnections() == 0);
        server.otherwise(Reply.of(200));
        assertThat(get().statusCode()).isEqualTo(HttpStatus.OK);
    }
}
