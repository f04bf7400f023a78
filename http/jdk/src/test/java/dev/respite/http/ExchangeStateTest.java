package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Delivery to the caller and the judgement of the attempt, whichever is first. */
class ExchangeStateTest {

    private final ExchangeState state = new ExchangeState();

    @Test
    void seal_afterADelivery_saysSoAndLetsItGoOn() {
        assertThat(state.mayDeliver(false)).isTrue();
        assertThat(state.mayDeliver(false)).isTrue();
        assertThat(state.seal()).isTrue();
        assertThat(state.seal()).isTrue();
        assertThat(state.mayDeliver(false)).isTrue();
    }

    @Test
    void seal_beforeADelivery_letsNothingThrough() {
        assertThat(state.seal()).isFalse();
        assertThat(state.mayDeliver(false)).isFalse();
        assertThat(state.mayDeliver(true)).isFalse();
        assertThat(state.seal()).isFalse();
    }

    @Test
    void seal_afterADeliveryThatMayBeRepeated_letsNothingMoreThrough() {
        assertThat(state.mayDeliver(true)).isTrue();
        assertThat(state.seal()).isFalse();
        assertThat(state.mayDeliver(true)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void abandonDeferred_ofABodyWithoutAReader_givesUpItsConnection(boolean isEarly) {
        DeferredBody body = new DeferredBody(Runnable::run);
        if (isEarly) {
            state.abandonDeferred();
        }
        state.defers(body);
        if (!isEarly) {
            state.abandonDeferred();
        }
        AtomicInteger cancellations = new AtomicInteger();
        body.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                cancellations.incrementAndGet();
            }
        });

        assertThat(cancellations).hasValue(1);
    }

    @Test
    void defers_bodyOfAnAttemptThatGoesOn_isKept() {
        DeferredBody body = new DeferredBody(Runnable::run);
        state.defers(body);
        body.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                throw new AssertionError("cancelled");
            }
        });

        assertThat(body.isReleased()).isFalse();
    }

    @Test
    void hasResponded_onceTheHeadersAreThere_isTrue() {
        assertThat(state.hasResponded()).isFalse();
        state.responseBegins();
        assertThat(state.hasResponded()).isTrue();
    }
}
