package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scope is open while a request is sent, by a blocking and an asynchronous call. */
class CallScopeTest {

    private final FakeTransport transport = new FakeTransport();

    private String send(Supplier<? extends AutoCloseable> scope, boolean async) throws Exception {
        HttpRetry retry = HttpRetry.of(Retry.withoutWarnings(RetryPolicy.parse("budget=off"), new VirtualTime()))
                .withCallScope(scope);
        transport.script.add("200");
        return async ? retry.sendAsync(transport).join() : retry.send(transport);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withCallScope_isOpenWhileTheRequestIsSentAndClosedOnce(boolean async) throws Exception {
        List<String> order = new ArrayList<>();
        transport.duringSend = () -> order.add("sent");
        Supplier<AutoCloseable> scope = () -> {
            order.add("opened");
            return () -> order.add("closed");
        };
        assertThat(send(scope, async)).isEqualTo("200");
        assertThat(order).containsExactly("opened", "sent", "closed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withCallScope_supplierThatThrows_sendsNothing(boolean async) {
        IllegalStateException noTenant = new IllegalStateException("no tenant");
        Supplier<AutoCloseable> scope = () -> {
            throw noTenant;
        };
        assertThatThrownBy(() -> send(scope, async)).isSameAs(noTenant);
        assertThat(transport.sent).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withCallScope_interruptedWhileItCloses_keepsTheResponseAndTheFlag(boolean async) throws Exception {
        Supplier<AutoCloseable> scope = () -> () -> {
            throw new InterruptedException("closing");
        };
        assertThat(send(scope, async)).isEqualTo("200");
        assertThat(Thread.interrupted()).isTrue();
    }
}
