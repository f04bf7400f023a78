package dev.respite.idempotency.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.body.ResponseBody;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.testsupport.LogLines;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An asynchronous request, with a container whose calls the test records. */
class AsyncRequestTest {

    private final List<String> calls = new ArrayList<>();
    private final List<AsyncListener> listeners = new ArrayList<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ResponseBody body = new ResponseBody(10, 1000);

    private final HttpServletResponse response =
            Delegation.proxy(HttpServletResponse.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "getOutputStream" -> stream();
                case "setStatus", "sendError" -> calls.add(method.getName() + " " + arguments[0]) ? null : proxy;
                default -> null;
            });

    private final AsyncContext container =
            Delegation.proxy(AsyncContext.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "getTimeout" -> 7L;
                case "getRequest", "getResponse" -> null;
                case "hasOriginalRequestAndResponse" -> throw new IllegalStateException("completed");
                case "addListener" -> listeners.add((AsyncListener) arguments[0]) ? null : proxy;
                case "start" -> {
                    ((Runnable) arguments[0]).run();
                    yield null;
                }
                default -> calls.add(method.getName()) ? null : proxy;
            });

    private final AsyncRequest request = new AsyncRequest(response, body);

    private ServletOutputStream stream() {
        return new ServletOutputStream() {
            @Override
            public void write(int b) {
                sent.write(b);
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** Runs a handler that calls {@code startAsync}, and returns its context. */
    private AsyncContext startAsync() throws Exception {
        List<AsyncContext> context = new ArrayList<>();
        request.begin(request.run(() -> context.add(RecordedAsync.begun(container, request)))
                .toCompletableFuture());
        return context.get(0);
    }

    private void write(String text) throws IOException {
        request.buffered().getOutputStream().write(text.getBytes(UTF_8));
    }

    private void finishByTheContainer() throws IOException {
        for (AsyncListener listener : listeners) {
            listener.onComplete(new AsyncEvent(container));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "longer than what is held in memory"})
    void complete_ofTheHandler_sendsTheResponseAndCompletesTheContainers(String text) throws Exception {
        AsyncContext context = startAsync();
        write(text);
        assertThat(calls).isEmpty();
        context.complete();
        assertThat(calls).containsExactly("setStatus 200", "complete");
        assertThat(sent.toString(UTF_8)).isEqualTo(text);
    }

    @Test
    void write_afterTheEnd_isIgnoredAndHeldNowhere() throws Exception {
        AsyncContext context = startAsync();
        write("paid");
        context.complete();
        assertThat(body.length()).isZero();
        write("late");
        request.buffered().getOutputStream().write('x');
        assertThat(body.length()).isZero();
        assertThat(sent.toString(UTF_8)).isEqualTo("paid");
    }

    @Test
    void handler_thatRespondsBeforeItReturns_isSentWithoutAContext() throws Exception {
        request.begin(request.run(() -> write("paid")).toCompletableFuture());
        assertThat(calls).containsExactly("setStatus 200");
        assertThat(sent.toString(UTF_8)).isEqualTo("paid");
        assertThat(body.length()).isZero();
    }

    @Test
    void handler_thatFailsBeforeItReturns_sendsNothingAndThrows() {
        IOException failure = new IOException("planned");
        assertThatThrownBy(() -> request.begin(request.run(() -> {
                            RecordedAsync.begun(container, request);
                            throw failure;
                        })
                        .toCompletableFuture()))
                .isSameAs(failure);
        assertThat(calls).isEmpty();
    }

    @Test
    void response_thatCannotBeRecorded_isAnError() throws Exception {
        request.onAsyncStarted(container);
        request.begin(CompletableFuture.failedFuture(new IllegalStateException("no store")));
        assertThat(calls).containsExactly("sendError 500", "complete");
    }

    @Test
    void response_thatIsTooLong_isAnError() throws Exception {
        AsyncContext context = startAsync();
        assertThatThrownBy(() -> write("x".repeat(1001))).isInstanceOf(IOException.class);
        context.complete();
        assertThat(calls).containsExactly("sendError 500", "complete");
    }

    @Test
    void dispatch_thatNoCodeHandles_isNoSuccess() throws Exception {
        AsyncContext context = startAsync();
        context.dispatch();
        assertThat(calls).containsExactly("setStatus 500", "dispatch");
    }

    @Test
    void resume_ofAHandlerThatFails_throws() throws Exception {
        startAsync().dispatch();
        IllegalStateException failure = new IllegalStateException("planned");
        assertThatThrownBy(() -> request.resume(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(calls).doesNotContain("complete");
    }

    @Test
    void end_afterTheContainerHasAbandonedTheRequest_usesNothingOfTheContainers() throws Exception {
        AsyncContext context = startAsync();
        try (LogLines log = LogLines.of("dev.respite.idempotency")) {
            finishByTheContainer();
            assertThat(log.all()).singleElement().asString().contains("abandoned an asynchronous request");
            finishByTheContainer();
            assertThat(log.all()).as("a second report").hasSize(1);
        }
        write("late");
        context.complete();
        request.onDispatched();
        assertThat(calls).isEmpty();
        assertThat(sent.size()).isZero();
    }

    @Test
    void end_thatTheContainerReports_isNotAbandoned() throws Exception {
        startAsync().complete();
        try (LogLines log = LogLines.of("dev.respite.idempotency")) {
            finishByTheContainer();
            assertThat(log.all()).isEmpty();
        }
    }

    @Test
    void end_thatIsBeingRecordedWhenTheContainerFinishes_isNotAbandonedAndNotSent() throws Exception {
        CompletableFuture<StoredResponse> recorded = new CompletableFuture<>();
        CompletableFuture<StoredResponse> ended =
                request.run(() -> RecordedAsync.begun(container, request)).toCompletableFuture();
        request.begin(recorded);
        request.end();
        try (LogLines log = LogLines.of("dev.respite.idempotency")) {
            finishByTheContainer();
            assertThat(log.all()).isEmpty();
        }
        recorded.complete(ended.join());
        assertThat(calls).isEmpty();
    }

    @Test
    void context_inAllElse_isTheContainers() throws Exception {
        AsyncContext context = startAsync();
        assertThat(context.getTimeout()).isEqualTo(7);
        assertThatThrownBy(context::hasOriginalRequestAndResponse)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("completed");
    }

    private static WriteListener failing(List<Throwable> failures, Throwable failure) {
        return new WriteListener() {
            @Override
            public void onWritePossible() throws IOException {
                if (failure instanceof IOException io) {
                    throw io;
                }
                throw (RuntimeException) failure;
            }

            @Override
            public void onError(Throwable thrown) {
                failures.add(thrown);
            }
        };
    }

    @Test
    void writeListener_thatFails_getsItsFailure() throws Exception {
        List<Throwable> failures = new ArrayList<>();
        IOException io = new IOException("planned");
        IllegalStateException bug = new IllegalStateException("planned");
        startAsync();
        ServletOutputStream out = request.buffered().getOutputStream();
        assertThat(out.isReady()).isTrue();
        out.setWriteListener(failing(failures, io));
        out.setWriteListener(failing(failures, bug));
        assertThat(failures).containsExactly(io, bug);
    }

    @Test
    void writeListener_beforeStartAsync_isRejected() {
        WriteListener listener = failing(new ArrayList<>(), new IOException("never"));
        assertThatThrownBy(() -> request.buffered().getOutputStream().setWriteListener(listener))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("call startAsync first");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asyncSupport_isThatOfTheContainer(boolean isSupported) {
        HttpServletRequest ofTheContainer =
                Delegation.proxy(HttpServletRequest.class, (proxy, method, arguments) -> isSupported);
        Content content = new Content.Cached(new byte[0]);
        assertThat(new CachedBodyRequest(ofTheContainer, content, request).isAsyncSupported())
                .isEqualTo(isSupported);
        assertThat(new CachedBodyRequest(ofTheContainer, content, null).isAsyncSupported())
                .as("so that a handler calls startAsync, which is rejected")
                .isTrue();
    }
}
