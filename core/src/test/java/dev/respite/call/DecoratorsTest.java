package dev.respite.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class DecoratorsTest {

    private final VirtualTime time = new VirtualTime();
    private final Retry retry = Retry.of(RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off"), time);
    private int attempts;

    /** Fails twice. */
    private String fetch() {
        attempts++;
        if (attempts < 3) {
            throw new UncheckedIOException(new ConnectException("refused"));
        }
        return "value";
    }

    private String fetch(String key) {
        return fetch() + " of " + key;
    }

    private CompletionStage<String> fetchLater() {
        return CompletableFuture.completedStage(fetch());
    }

    @Test
    void supplier_thatFailsTwice_returnsItsValue() {
        assertThat(Decorators.supplier(retry, () -> fetch()).get()).isEqualTo("value");
        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void runnable_thatFailsTwice_ends() {
        Decorators.runnable(retry, this::fetch).run();
        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void callable_thatFailsTwice_returnsItsValue() throws Exception {
        assertThat(Decorators.callable(retry, () -> fetch()).call()).isEqualTo("value");
        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void function_thatFailsTwice_receivesTheSameArgument() {
        assertThat(Decorators.<String, String>function(retry, this::fetch).apply("ACME"))
                .isEqualTo("value of ACME");
        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void stage_thatFailsTwice_completesWithItsValue() {
        CompletableFuture<String> value =
                Decorators.stage(retry, this::fetchLater).get();
        time.runAll();
        assertThat(value.join()).isEqualTo("value");
        assertThat(attempts).isEqualTo(3);
    }

    @Test
    void decorator_ofNothing_isRefusedAtOnce() {
        assertThatThrownBy(() -> Decorators.supplier(retry, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> Decorators.runnable(null, this::fetch)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void decorated_calledTwice_makesTwoCalls() {
        var supplier = Decorators.supplier(retry, this::fetch);
        supplier.get();
        supplier.get();
        assertThat(retry.counts().calls()).isEqualTo(2);
    }
}
