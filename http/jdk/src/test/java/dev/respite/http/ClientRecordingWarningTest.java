package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.faulty.FaultyServer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A body that is too long to be recorded is reported once for each client. */
class ClientRecordingWarningTest {

    private static final HttpClient PLAIN = RecordingListener.plain();
    private static final Logger LOGGER = Logger.getLogger("dev.respite");

    private final FaultyServer server = FaultyServer.start();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().equals(Level.WARNING) && entry.getMessage().contains("can be read only once")) {
                warnings.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void close() {
        LOGGER.removeHandler(handler);
        server.close();
    }

    private void put(HttpClient client, int length) throws Exception {
        client.send(
                HttpRequest.newBuilder(server.uri("/files/1?token=secret"))
                        .PUT(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[length])))
                        .build(),
                BodyHandlers.discarding());
    }

    @Test
    void send_longBodies_areReportedOnceForEachClient() throws Exception {
        RetryingHttpClient client = new RecordingListener().client(PLAIN, "").withMaxRecordedBody(1_000);
        put(client, 1_000);
        assertThat(warnings).isEmpty();
        put(client, 1_001);
        put(client, 5_000);
        put(client.withoutAttemptHeader(), 5_000);
        assertThat(warnings)
                .singleElement()
                .satisfies(warning -> assertThat(warning)
                        .contains("PUT")
                        .contains("/files/1")
                        .contains("1000 bytes")
                        .contains("withMaxRecordedBody")
                        .doesNotContain("secret"));
        put(new RecordingListener().client(PLAIN, "").withMaxRecordedBody(1_000), 5_000);
        assertThat(warnings).hasSize(2);
    }
}
