package dev.respite.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryHandleTest {

    private static final String FLEET = "max-attempts=4 base-delay=1ms clients=20";

    private final VirtualTime time = new VirtualTime();
    private final RetryHandle handle =
            RetryHandle.of(Retry.of(RetryPolicy.parse(FLEET), time).withName("payments"));
    private final AtomicInteger attempts = new AtomicInteger();

    private Object fails() throws ConnectException {
        attempts.incrementAndGet();
        throw new ConnectException();
    }

    @Test
    void replacePolicy_withTheSameBudget_appliesToTheNextCall() {
        Retry before = handle.retry();
        handle.replacePolicy(RetryPolicy.parse("max-attempts=2 base-delay=1ms clients=20"));
        assertThatThrownBy(() -> handle.retry().call(this::fails)).isInstanceOf(ConnectException.class);
        assertThat(attempts).hasValue(2);
        assertThat(handle.retry().budget()).isSameAs(before.budget());
        assertThat(handle.retry().name()).isEqualTo("payments");
        assertThat(before.counts().attempts()).isEqualTo(2);
    }

    @Test
    void replacePolicy_duringACall_leavesThatCallItsPolicy() {
        assertThatThrownBy(() -> handle.retry().call(() -> {
                    handle.replacePolicy(RetryPolicy.parse("max-attempts=1 clients=20"));
                    return fails();
                }))
                .isInstanceOf(ConnectException.class);
        assertThat(attempts).hasValue(4);
        assertThat(handle.retry().policy().limits().maxAttempts()).isEqualTo(1);
    }

    @Test
    void replacePolicy_withAnotherBudget_isRefusedAndChangesNothing() {
        RetryPolicy before = handle.retry().policy();
        assertThatThrownBy(() -> handle.replacePolicy(RetryPolicy.parse("max-attempts=2 budget=off")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("budget=off")
                .hasMessageContaining("'payments'");
        assertThat(handle.retry().policy()).isSameAs(before);
    }

    @Test
    void changeSettings_withoutABudget_keepsTheBudgetAsItIs() {
        handle.changeSettings(Map.of("max-attempts", "2"));
        assertThat(handle.retry().policy()).isEqualTo(RetryPolicy.parse("max-attempts=2 base-delay=1ms clients=20"));
    }

    @Test
    void changeSettings_ofSomeKeys_keepsAllOthers() {
        RetryHandle search = RetryHandle.of(
                Retry.of(RetryPolicy.parse("max-attempts=3 base-delay=20ms retry-on=404 on.503.max-attempts=2")));
        search.changeSettings(Map.of("max-attempts", "4"));
        assertThat(search.retry().policy())
                .isEqualTo(RetryPolicy.parse("max-attempts=4 base-delay=20ms retry-on=404 on.503.max-attempts=2"));
        search.changeSettings(Map.of("base-delay", "30ms"));
        assertThat(search.retry().policy().settings())
                .containsEntry("base-delay", "30ms")
                .containsEntry("max-attempts", "4");
    }

    @Test
    void changeSettings_withTheSameBudget_isTaken() {
        handle.changeSettings(Map.of("max-attempts", "2", "clients", "20"));
        assertThat(handle.retry().policy().limits().maxAttempts()).isEqualTo(2);
    }

    @Test
    void changeSettings_withAnotherNumberOfClients_isRefused() {
        assertThatThrownBy(() -> handle.changeSettings(Map.of("clients", "30")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("30");
    }

    @Test
    void changeSettings_withAWrongKey_isRefusedAndChangesNothing() {
        RetryPolicy before = handle.retry().policy();
        assertThatThrownBy(() -> handle.changeSettings(Map.of("max-atempts", "2")))
                .hasMessageContaining("max-attempts");
        assertThat(handle.retry().policy()).isSameAs(before);
    }
}
