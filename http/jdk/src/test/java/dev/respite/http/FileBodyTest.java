package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.LogLines;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A file of 10 bytes whose length may be another one when an attempt reads it. */
class FileBodyTest {

    private static final String CHANGED =
            "the file of the body of PUT http://localhost:8080/files/1 is %s the 10 bytes that it had"
                    + " when the body was made, so the request is not sent again; a file must not change until its call has"
                    + " ended";

    private final LogLines log = LogLines.of("dev.respite");
    private final EmittedBody file = new EmittedBody(10);
    private final FileBody body = new FileBody(
            file,
            HttpRequest.newBuilder(URI.create("http://user@localhost:8080/files/1?secret=1"))
                    .PUT(HttpRequest.BodyPublishers.noBody())
                    .build());
    private final List<String> signals = new ArrayList<>();

    @AfterEach
    void close() {
        log.close();
    }

    /** Subscribes an attempt, whose signals are listed. */
    private void subscribe() {
        body.subscribe(new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                assertThat(subscription).isSameAs(file);
                signals.add("subscribed");
            }

            @Override
            public void onNext(ByteBuffer bytes) {
                signals.add("" + bytes.remaining());
            }

            @Override
            public void onError(Throwable error) {
                signals.add(error.getMessage());
            }

            @Override
            public void onComplete() {
                signals.add("complete");
            }
        });
    }

    @Test
    void subscribe_fileThatIsTheSame_isPassedOnInEachAttempt() {
        for (int attempt = 0; attempt < 2; attempt++) {
            signals.clear();
            subscribe();
            file.emit(ByteBuffer.allocate(4));
            file.emit(ByteBuffer.allocate(6));
            file.complete();

            assertThat(signals).containsExactly("subscribed", "4", "6", "complete");
        }
        assertThat(body.hasChanged()).isFalse();
        assertThat(body.contentLength()).isEqualTo(10);
        assertThat(log.all()).isEmpty();
    }

    @Test
    void subscribe_fileThatIsShorter_failsInsteadOfCompleting() {
        subscribe();
        file.emit(ByteBuffer.allocate(9));
        file.complete();

        String message = CHANGED.formatted("shorter than");
        assertThat(signals).containsExactly("subscribed", "9", message);
        assertThat(body.hasChanged()).isTrue();
        assertThat(log.all()).containsExactly(message);
    }

    @Test
    void subscribe_fileThatIsLonger_failsOnceAndSendsNoMoreThanItsLength() {
        subscribe();
        file.emit(ByteBuffer.allocate(8));
        file.emit(ByteBuffer.allocate(3));
        assertThat(file.cancelled).isTrue();
        file.emit(ByteBuffer.allocate(5));
        file.complete();

        assertThat(signals).containsExactly("subscribed", "8", CHANGED.formatted("longer than"));
        assertThat(body.hasChanged()).isTrue();
    }

    @Test
    void subscribe_fileThatGrowsBehindItsLength_fails() {
        subscribe();
        file.emit(ByteBuffer.allocate(10));
        file.emit(ByteBuffer.allocate(1));
        file.complete();

        assertThat(signals).containsExactly("subscribed", "10", CHANGED.formatted("longer than"));
    }

    @Test
    void subscribe_fileThatCannotBeRead_fails() {
        subscribe();
        file.fail(new IOException("disk"));

        assertThat(signals).containsExactly("subscribed", "disk");
        assertThat(body.hasChanged()).isFalse();
    }
}
