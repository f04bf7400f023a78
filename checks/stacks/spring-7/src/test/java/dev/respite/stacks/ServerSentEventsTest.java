package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.reactor.ReactorRetry;
import dev.respite.time.TimeSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/** Server-sent events from a server that cuts its streams again and again, and at last is silent. */
class ServerSentEventsTest {

    private static final int EVENTS_OF_A_STREAM = 10;
    private static final int CUTS = 6;

    /** Each stream begins after the id that its request names. */
    private static final class Events implements AutoCloseable {

        private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final List<Integer> begun = new CopyOnWriteArrayList<>();

        Events() throws IOException {
            Thread thread = new Thread(this::serve, "events");
            thread.setDaemon(true);
            thread.start();
        }

        String uri() {
            return "http://localhost:" + socket.getLocalPort() + "/events";
        }

        private void serve() {
            try {
                while (true) {
                    Socket connection = socket.accept();
                    int last = lastId(connection);
                    begun.add(last);
                    send(connection.getOutputStream(), last);
                    if (begun.size() <= CUTS) {
                        connection.close();
                    }
                }
            } catch (IOException closed) {
                // The test has ended.
            }
        }

        private static int lastId(Socket connection) throws IOException {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
            int last = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                if (line.startsWith("Last-Event-ID: ")) {
                    last = Integer.parseInt(line.substring("Last-Event-ID: ".length()));
                }
            }
            return last;
        }

        private static void send(OutputStream out, int last) throws IOException {
            out.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100000\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            for (int id = last + 1; id <= last + EVENTS_OF_A_STREAM; id++) {
                out.write(("id: " + id + "\ndata: event " + id + "\n\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void events_ofStreamsThatAreCut_arriveOnceUntilTheServerIsSilent() throws Exception {
        Retry calls = Retry.withoutWarnings(
                RetryPolicy.parse("max-attempts=2 base-delay=10ms jitter=none budget=off total-timeout=3s"),
                TimeSource.system());
        ReactorRetry retry = ReactorRetry.of(calls).withResetAfter(Duration.ofNanos(1));
        List<String> received = new ArrayList<>();
        AtomicReference<Throwable> end = new AtomicReference<>();
        try (Events server = new Events()) {
            AtomicReference<String> lastId = new AtomicReference<>("0");
            WebClient client = WebClient.create(server.uri());
            Flux<ServerSentEvent<String>> events = retry.flux(attempt -> client.get()
                            .header("Last-Event-ID", lastId.get())
                            .retrieve()
                            .bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {}))
                    .doOnNext(event -> lastId.set(event.id()));
            events.doOnError(end::set)
                    .onErrorComplete()
                    .doOnNext(event -> received.add(event.id()))
                    .blockLast();

            assertThat(end.get()).isInstanceOf(TimeoutException.class);
            int streams = CUTS + 1;
            assertThat(server.begun)
                    .as("each stream begins where the last one was cut")
                    .isEqualTo(IntStream.range(0, streams)
                            .map(stream -> stream * EVENTS_OF_A_STREAM)
                            .boxed()
                            .toList());
            assertThat(received)
                    .isEqualTo(IntStream.rangeClosed(1, streams * EVENTS_OF_A_STREAM)
                            .mapToObj(Integer::toString)
                            .toList());
        }
        assertThat(calls.counts().calls()).isGreaterThan(CUTS);
    }
}
