package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.assertProblem;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotencySettings;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asynchronous handlers that throw, or that do not respond in time. */
class UnfinishedAsyncHandlersTest {

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void serve(TomcatFixture.Handler handler) throws Exception {
        fixture.serve(IdempotencyFilter.of(guard(fixture.store)).withAsyncHandlers(), handler);
    }

    /** As Spring does it with a deferred result that does not come. */
    @Test
    void fault44_handlerRespondsToTheTimeout_isSentToTheClient() throws Exception {
        serve((request, response) -> {
            AsyncContext later = request.startAsync();
            later.setTimeout(100);
            later.addListener(new AsyncListener() {
                @Override
                public void onTimeout(AsyncEvent event) {
                    response.setStatus(503);
                    later.complete();
                }

                @Override
                public void onComplete(AsyncEvent event) {}

                @Override
                public void onError(AsyncEvent event) {}

                @Override
                public void onStartAsync(AsyncEvent event) {}
            });
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(503);
        assertProblem(fixture.post("\"k\""), 409, "outcome-unknown");
    }

    @Test
    void fault44_neverEnds_isUnknownAfterTheLease() throws Exception {
        IdempotencySettings settings = IdempotencySettings.defaults().withLease(Duration.ofMillis(200));
        fixture.serve(IdempotencyFilter.of(guard(fixture.store, settings)).withAsyncHandlers(), (request, response) -> {
            fixture.effects.incrementAndGet();
            request.startAsync().setTimeout(50);
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(500);
        assertProblem(fixture.postUntilDone("\"k\""), 409, "outcome-unknown");
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void fault44_throwsAfterItHasGoneAsynchronous_isUnknown() throws Exception {
        serve((request, response) -> {
            fixture.effects.incrementAndGet();
            request.startAsync();
            throw new IllegalStateException("planned");
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(500);
        assertProblem(fixture.post("\"k\""), 409, "outcome-unknown");
    }

    @Test
    void fault44_dispatchThrows_isUnknown() throws Exception {
        serve((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                fixture.effects.incrementAndGet();
                throw new IllegalStateException("planned");
            }
            request.startAsync(request, response).dispatch();
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(500);
        assertProblem(fixture.post("\"k\""), 409, "outcome-unknown");
        assertThat(fixture.effects).hasValue(1);
    }

    /** A filter that is not there for the dispatch cannot record it, and so does not call it a success. */
    @Test
    void fault44_filterIsNotMappedToTheDispatch_isNoSuccess() throws Exception {
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store)).withAsyncHandlers(),
                (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        fixture.pay(request, response);
                    } else {
                        request.startAsync(request, response).dispatch();
                    }
                },
                DispatcherType.REQUEST);
        HttpResponse<String> first = fixture.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(500);
        assertThat(first.body()).isEmpty();
        assertProblem(fixture.post("\"k\""), 409, "in-progress");
    }
}
