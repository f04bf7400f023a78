package dev.respite.idempotency.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The body that a handler reads, at once or by a listener. */
class CachedBodyStreamTest {

    private final AsyncContext context = Delegation.proxy(AsyncContext.class, (proxy, method, arguments) -> {
        ((Runnable) arguments[0]).run();
        return null;
    });
    private final HttpServletRequest request =
            Delegation.proxy(HttpServletRequest.class, (proxy, method, arguments) -> context);
    private final CachedBodyStream stream = new CachedBodyStream("tea".getBytes(UTF_8), request);
    private final List<Object> events = new ArrayList<>();

    @Test
    void read_toTheEnd_neverBlocks() {
        assertThat(stream.isReady()).isTrue();
        assertThat(stream.available()).isEqualTo(3);
        assertThat(stream.read()).isEqualTo('t');
        assertThat(stream.available()).isEqualTo(2);
        byte[] rest = new byte[5];
        assertThat(stream.read(rest, 1, 4)).isEqualTo(2);
        assertThat(rest).containsExactly(0, 'e', 'a', 0, 0);
        assertThat(stream.isFinished()).isTrue();
        assertThat(stream.isReady()).isTrue();
        assertThat(stream.read()).isEqualTo(-1);
    }

    /** Reads so many bytes when there are some. */
    private ReadListener reading(int bytes) {
        return new ReadListener() {
            @Override
            public void onDataAvailable() throws IOException {
                events.add(new String(stream.readNBytes(bytes), UTF_8));
            }

            @Override
            public void onAllDataRead() {
                events.add("end");
            }

            @Override
            public void onError(Throwable failure) {
                events.add(failure);
            }
        };
    }

    @Test
    void listener_thatReadsAll_isNotifiedOfTheEnd() {
        stream.setReadListener(reading(3));
        assertThat(events).containsExactly("tea", "end");
    }

    @Test
    void listener_thatReadsNotAll_isNotNotifiedOfTheEnd() {
        stream.setReadListener(reading(2));
        assertThat(events).containsExactly("te");
    }

    @Test
    void listener_ofAnEmptyBody_isNotifiedOfTheEndOnly() throws IOException {
        stream.readAllBytes();
        stream.setReadListener(reading(3));
        assertThat(events).containsExactly("end");
    }

    @Test
    void listener_thatFails_getsItsFailure() {
        IllegalStateException failure = new IllegalStateException("planned");
        stream.setReadListener(new ReadListener() {
            @Override
            public void onDataAvailable() {
                throw failure;
            }

            @Override
            public void onAllDataRead() {
                events.add("end");
            }

            @Override
            public void onError(Throwable thrown) {
                events.add(thrown);
            }
        });
        assertThat(events).containsExactly(failure);
    }
}
