package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A recorded body, signal by signal. */
class RecordedBodySignalsTest {

    private final EmittedBody source = new EmittedBody(7);
    private final AtomicInteger overflows = new AtomicInteger();
    private final RecordedBody body = new RecordedBody(source, 10, overflows::incrementAndGet);

    /** Requests when the test does, and lists its signals. */
    private static class Reader implements Subscriber<ByteBuffer> {
        final List<String> signals = new ArrayList<>();
        Subscription subscription;
        Runnable onReceipt = () -> {};

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(ByteBuffer bytes) {
            signals.add(StandardCharsets.US_ASCII.decode(bytes).toString());
            onReceipt.run();
        }

        @Override
        public void onError(Throwable error) {
            signals.add(error.getMessage());
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }

    private Reader reader(long requested) {
        Reader reader = new Reader();
        body.subscribe(reader);
        if (requested != 0) {
            reader.subscription.request(requested);
        }
        return reader;
    }

    /** The first attempt reads a body of three items. */
    private void recordThree() {
        reader(Long.MAX_VALUE);
        source.emit("a");
        source.emit("b");
        source.emit("c");
        source.complete();
        body.pause();
    }

    @Test
    void contentLength_ofTheSource_isKept() {
        assertThat(body.contentLength()).isEqualTo(7);
    }

    @Test
    void request_eachItem_isRequestedOfTheSourceOnce() {
        reader(0);
        assertThat(source.requests).isEmpty();
        reader(2);
        assertThat(source.requests).containsExactly(1L);
        Reader third = reader(2);
        assertThat(source.requests).as("is under way").containsExactly(1L);

        source.emit("a");
        assertThat(source.requests).containsExactly(1L, 1L);
        source.emit("b");
        assertThat(source.requests).as("no more is requested").containsExactly(1L, 1L);
        assertThat(third.signals).containsExactly("a", "b");
    }

    @Test
    void request_fewItemsOfTheRecord_getsAsManyAndTheRestLater() {
        recordThree();
        Reader slow = reader(1);
        assertThat(slow.signals).containsExactly("a");
        slow.subscription.request(2);
        assertThat(slow.signals).containsExactly("a", "b", "c", "complete");
    }

    @Test
    void request_ofNothing_isAnErrorAndEndsTheReading() {
        Reader none = reader(1);
        none.subscription.request(0);
        Reader negative = reader(0);
        negative.subscription.request(-1);
        source.emit("a");

        assertThat(none.signals).containsExactly("request(0): request at least one item");
        assertThat(negative.signals).containsExactly("request(-1): request at least one item");
        assertThat(body.hasFailed()).isFalse();
    }

    /** The end of a body needs no request. */
    @Test
    void subscribe_againToAnEmptyBody_completesWithoutARequest() {
        reader(1);
        source.complete();
        body.pause();

        assertThat(reader(0).signals).containsExactly("complete");
    }

    @Test
    void onNext_bufferThatTheSourceUsesAgain_isRecordedAsItWas() {
        reader(1);
        ByteBuffer reused = ByteBuffer.wrap(new byte[] {'a'});
        source.emit(reused);
        reused.put(0, (byte) 'z');
        body.pause();

        assertThat(reader(1).signals).containsExactly("a");
    }

    @Test
    void onError_ofTheSource_reachesTheReaderAndIsTheCallersFailure() {
        Reader reader = reader(5);
        source.emit("a");
        assertThat(body.hasFailed()).isFalse();
        source.fail(new IOException("disk"));

        assertThat(reader.signals).containsExactly("a", "disk");
        assertThat(body.hasFailed()).isTrue();
    }

    @Test
    void onComplete_ofTheSource_isNoFailure() {
        recordThree();
        assertThat(body.hasFailed()).isFalse();
    }

    @Test
    void pause_betweenTwoItems_endsTheReading() {
        recordThree();
        Reader ended = reader(0);
        ended.onReceipt = body::pause;
        ended.subscription.request(Long.MAX_VALUE);
        assertThat(ended.signals).containsExactly("a");
        body.pause();

        assertThat(reader(9).signals).containsExactly("a", "b", "c", "complete");
    }

    /** The client follows a redirect. */
    @Test
    void subscribe_betweenTwoItems_endsTheFormerReading() {
        recordThree();
        Reader redirected = new Reader();
        Reader ended = reader(0);
        ended.onReceipt = () -> body.subscribe(redirected);
        ended.subscription.request(Long.MAX_VALUE);
        redirected.subscription.request(9);

        assertThat(ended.signals).containsExactly("a");
        assertThat(redirected.signals).containsExactly("a", "b", "c", "complete");
    }

    @Test
    void subscribe_againToABodyThatIsTooLong_isLeftToTheSource() {
        Reader first = reader(9);
        source.emit("12345678901");
        assertThat(overflows).hasValue(1);
        Reader redirected = new Reader();
        body.subscribe(redirected);

        assertThat(source.subscribers).hasSize(2).last().isSameAs(redirected);
        Subscriber<? super ByteBuffer> recorder = source.subscribers.get(0);
        recorder.onNext(StandardCharsets.US_ASCII.encode("more"));
        recorder.onComplete();
        assertThat(first.signals).containsExactly("12345678901", "more", "complete");
        assertThat(overflows).hasValue(1);
    }

    @Test
    void onNext_bodyOfExactlyTheLimit_isReplayable() {
        reader(9);
        source.emit("12345");
        source.emit("67890");
        source.complete();
        assertThat(body.isReplayable()).isTrue();
        assertThat(overflows).hasValue(0);

        assertThat(reader(9).signals).containsExactly("12345", "67890", "complete");
    }

    @Test
    void close_whileTheLastAttemptReads_disturbsNothing() {
        reader(1);
        source.emit("a");
        Reader last = reader(9);
        body.close();
        source.emit("b");
        source.complete();

        assertThat(last.signals).containsExactly("a", "b", "complete");
        assertThat(source.cancelled).isFalse();
    }

    @Test
    void cancel_ofTheLastAttemptAfterTheCall_cancelsTheSource() {
        Reader last = reader(1);
        body.close();
        assertThat(source.cancelled).isFalse();
        last.subscription.cancel();

        assertThat(source.cancelled).isTrue();
    }

    @Test
    void cancel_ofAnAttempt_leavesTheSourceToTheNextOne() {
        reader(1).subscription.cancel();
        source.emit("a");

        assertThat(source.cancelled).isFalse();
        assertThat(reader(1).signals).containsExactly("a");
    }
}
