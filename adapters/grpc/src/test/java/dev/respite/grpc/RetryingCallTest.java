package dev.respite.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.testsupport.LogLines;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The callbacks of a call, on the thread of the test: the channel and the server have no threads of their own. */
class RetryingCallTest extends GrpcFixture {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Listener listener = new Listener();

    /** Runs each task at once. */
    private ClientCall<String, String> call() {
        return directChannel(GrpcRetry.of(retry())).newCall(FETCH, CallOptions.DEFAULT.withExecutor(Runnable::run));
    }

    private class Listener extends ClientCall.Listener<String> {
        @Override
        public void onHeaders(Metadata headers) {
            events.add("headers " + headers.get(X));
        }

        @Override
        public void onMessage(String message) {
            events.add("message " + message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            events.add("close " + status.getCode() + " " + trailers.get(X));
        }
    }

    /** Fails after header fields and a message have been sent. */
    private static Reply late(String text) {
        return call -> {
            call.sendHeaders(metadata(X, text));
            call.sendMessage(text);
            call.close(Status.UNAVAILABLE, metadata(X, text));
        };
    }

    private ClientCall<String, String> started(int requested) {
        ClientCall<String, String> call = call();
        call.start(listener, new Metadata());
        call.request(requested);
        call.sendMessage("tea");
        call.halfClose();
        return call;
    }

    @Test
    void partsOfARejectedAttempt_areNotDelivered() throws Exception {
        replies(late("first"), Reply.of("second"));
        started(2);
        assertThat(events).isEmpty();
        time.next().end();
        Awaitility.await().until(() -> events.size() == 3);
        assertThat(events).containsExactly("headers second", "message second", "close OK second");
    }

    @Test
    void partsOfTheLastAttempt_areDelivered_alsoIfItHasFailed() throws Exception {
        replies(late("first"), late("second"), late("third"));
        started(2);
        time.next().end();
        time.next().end();
        Awaitility.await().until(() -> events.contains("close UNAVAILABLE third"));
        assertThat(events).startsWith("headers third");
    }

    @Test
    void message_isWithheldUntilItIsRequested() {
        replies(Reply.of("4.20"));
        ClientCall<String, String> call = started(0);
        assertThat(events).containsExactly("headers 4.20");
        call.request(1);
        call.request(1);
        assertThat(events).containsExactly("headers 4.20", "message 4.20", "close OK 4.20");
    }

    @Test
    void message_requestedOnceTheHeadersAreThere_isDelivered() {
        replies(Reply.of("4.20"));
        ClientCall<String, String> call = call();
        call.start(
                new Listener() {
                    @Override
                    public void onHeaders(Metadata headers) {
                        call.request(1);
                        super.onHeaders(headers);
                    }
                },
                new Metadata());
        call.sendMessage("tea");
        call.halfClose();
        assertThat(events).containsExactly("headers 4.20", "message 4.20", "close OK 4.20");
    }

    @Test
    void cancel_whileTheMessageIsWithheld_closesTheCall() {
        replies(Reply.of("4.20"));
        ClientCall<String, String> call = started(0);
        call.cancel("enough", null);
        call.request(1);
        assertThat(events).containsExactly("headers 4.20", "close CANCELLED null");
    }

    /** A blocking stub waits for tasks in that executor. */
    @Test
    void endInADelay_isATaskOfTheCallersExecutor() throws Exception {
        replies(unavailable());
        Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        ClientCall<String, String> call =
                directChannel(GrpcRetry.of(retry())).newCall(FETCH, CallOptions.DEFAULT.withExecutor(tasks::add));
        call.start(listener, new Metadata());
        call.request(2);
        call.sendMessage("tea");
        call.halfClose();
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        time.next();
        call.cancel("enough", null);
        assertThat(events).isEmpty();
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(events).containsExactly("close CANCELLED null");
    }

    @Test
    void cancel_beforeTheRequestIsComplete_closesTheCallAndSendsNothing() {
        ClientCall<String, String> call = call();
        call.start(listener, new Metadata());
        call.sendMessage("tea");
        call.cancel("enough", null);
        call.halfClose();
        call.cancel("enough", null);
        assertThat(events).containsExactly("close CANCELLED null");
        assertThat(requests).isEmpty();
    }

    @Test
    void cancel_beforeTheStart_forbidsTheStart() {
        ClientCall<String, String> call = call();
        call.cancel("enough", null);
        assertThatThrownBy(() -> call.start(listener, new Metadata())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void calls_inTheWrongOrder_areRejected() {
        ClientCall<String, String> call = call();
        assertThatThrownBy(() -> call.request(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> call.sendMessage("tea")).isInstanceOf(IllegalStateException.class);
        call.start(listener, new Metadata());
        assertThatThrownBy(() -> call.start(listener, new Metadata())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(call::halfClose).isInstanceOf(IllegalStateException.class);
        call.sendMessage("tea");
        assertThatThrownBy(() -> call.sendMessage("tea")).isInstanceOf(IllegalStateException.class);
        call.halfClose();
        assertThatThrownBy(call::halfClose).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isReady_betweenTheStartAndTheEndOfTheRequest() {
        ClientCall<String, String> call = call();
        assertThat(call.isReady()).isFalse();
        call.start(listener, new Metadata());
        assertThat(call.isReady()).isTrue();
        call.setMessageCompression(false);
        call.sendMessage("tea");
        call.halfClose();
        assertThat(call.isReady()).isFalse();
    }

    @Test
    void attributes_areThoseOfTheAttempt() {
        ClientCall<String, String> call = call();
        assertThat(call.getAttributes()).isEqualTo(Attributes.EMPTY);
        call.start(listener, new Metadata());
        call.sendMessage("tea");
        call.halfClose();
        assertThat(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isNotNull();
    }

    @Test
    void listener_thatThrows_endsTheCallAsCancelled() {
        replies(Reply.of("4.20"));
        ClientCall<String, String> call = call();
        call.start(
                new Listener() {
                    @Override
                    public void onMessage(String message) {
                        throw new IllegalStateException("not this one");
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        super.onClose(status, trailers);
                        assertThat(status.getCause()).hasMessage("not this one");
                        throw new IllegalStateException("not this status");
                    }
                },
                new Metadata());
        call.request(2);
        call.sendMessage("tea");
        try (LogLines log = LogLines.of("dev.respite.grpc")) {
            call.halfClose();
            assertThat(log.stacks()).singleElement().asString().contains("not this status");
        }
        assertThat(events).containsExactly("headers 4.20", "close CANCELLED null");
    }
}
