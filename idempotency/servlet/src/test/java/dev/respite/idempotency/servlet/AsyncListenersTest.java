package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.assertProblem;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static dev.respite.idempotency.servlet.TomcatFixture.isReplay;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Listeners of handlers, who act on what the event gives them. */
class AsyncListenersTest {

    private TomcatFixture fixture;

    /** Answers to the timeout, and to nothing else. */
    @FunctionalInterface
    private interface ToTimeout extends AsyncListener {
        @Override
        default void onComplete(AsyncEvent event) {}

        @Override
        default void onError(AsyncEvent event) {}

        @Override
        default void onStartAsync(AsyncEvent event) {}
    }

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void serveListening(ToTimeout listener) throws Exception {
        fixture.serve(IdempotencyFilter.of(guard(fixture.store)).withAsyncHandlers(), (request, response) -> {
            if (request.getAttribute("timeout") != null) {
                response.setStatus(422);
                return;
            }
            AsyncContext later = request.startAsync();
            later.setTimeout(100);
            later.addListener(listener);
        });
    }

    /** The context of the event is the container's: completed by itself, it would send an empty success. */
    @Test
    void onTimeout_completedByTheEvent_isRecordedAndSent() throws Exception {
        serveListening(event -> {
            ((HttpServletResponse) event.getAsyncContext().getResponse()).setStatus(422);
            event.getAsyncContext().complete();
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(422);
        HttpResponse<String> again = fixture.post("\"k\"");
        assertThat(again.statusCode()).isEqualTo(422);
        assertThat(isReplay(again)).isTrue();
    }

    @Test
    void onTimeout_failureInTheEvent_isUnknownFromThenOn() throws Exception {
        serveListening(event -> {
            ((HttpServletResponse) event.getSuppliedResponse()).setStatus(503);
            event.getAsyncContext().complete();
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(503);
        assertProblem(fixture.post("\"k\""), 409, "outcome-unknown");
    }

    @Test
    void onTimeout_dispatchedByTheEvent_isRecorded() throws Exception {
        serveListening(event -> {
            event.getSuppliedRequest().setAttribute("timeout", true);
            event.getAsyncContext().dispatch();
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(422);
        assertThat(isReplay(fixture.post("\"k\""))).isTrue();
    }

    @Test
    void handler_thatMayGoAsynchronousAndForwards_isSentInFull() throws Exception {
        fixture.serve(IdempotencyFilter.of(guard(fixture.store)).withAsyncHandlers(), (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.getRequestDispatcher("/paid").forward(request, response);
            } else {
                fixture.pay(request, response);
            }
        });
        HttpResponse<String> first = fixture.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("paid 100 as number 1");
    }

    @Test
    void handler_thatIsDispatchedToAnotherPath_isSentInFull() throws Exception {
        fixture.serve(IdempotencyFilter.of(guard(fixture.store)).withAsyncHandlers(), (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.startAsync().dispatch("/paid");
            } else {
                fixture.pay(request, response);
            }
        });
        HttpResponse<String> first = fixture.post("\"k\"");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).isEqualTo("paid 100 as number 1");
    }
}
