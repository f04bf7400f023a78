package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A body that can be read once, read several times. */
@Tag("cases")
class RecordedBodyTest {

    /** Emits chunks as they are requested, to its first subscriber only. */
    private static final class Once implements BodyPublisher {
        private final List<byte[]> chunks;
        private int subscriptions;
        private boolean cancelled;
        private int emitted;

        Once(List<byte[]> chunks) {
            this.chunks = chunks;
        }

        @Override
        public long contentLength() {
            return -1;
        }

        @Override
        public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
            subscriptions++;
            subscriber.onSubscribe(new Subscription() {
                private boolean ended;

                @Override
                public void request(long n) {
                    // The same buffer each time, as a publisher may do.
                    for (long i = 0; i < n && emitted < chunks.size() && !cancelled; i++) {
                        subscriber.onNext(ByteBuffer.wrap(chunks.get(emitted++)));
                    }
                    if (emitted == chunks.size() && !ended && !cancelled) {
                        ended = true;
                        subscriber.onComplete();
                    }
                }

                @Override
                public void cancel() {
                    cancelled = true;
                }
            });
        }
    }

    /** Reads with a demand of its own, and cancels after so many chunks. */
    private static class Reader implements Subscriber<ByteBuffer> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int batch;
        private final int cancelAfter;
        private Subscription subscription;
        private int chunks;
        private int ends;

        Reader(int batch, int cancelAfter) {
            this.batch = batch;
            this.cancelAfter = cancelAfter;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            if (cancelAfter > 0) {
                given.request(batch);
            }
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            assertThat(ends).isZero();
            byte[] some = new byte[buffer.remaining()];
            buffer.get(some);
            bytes.writeBytes(some);
            chunks++;
            if (chunks >= cancelAfter) {
                subscription.cancel();
            } else if (chunks % batch == 0) {
                subscription.request(batch);
            }
        }

        @Override
        public void onError(Throwable error) {
            throw new AssertionError(error);
        }

        @Override
        public void onComplete() {
            ends++;
        }
    }

    private static List<byte[]> chunks(List<Integer> sizes) {
        Random random = new Random(1);
        List<byte[]> chunks = new ArrayList<>();
        for (int size : sizes) {
            byte[] chunk = new byte[size];
            random.nextBytes(chunk);
            chunks.add(chunk);
        }
        return chunks;
    }

    private static byte[] joined(List<byte[]> chunks) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        chunks.forEach(all::writeBytes);
        return all.toByteArray();
    }

    @Property
    void subscribe_again_getsTheSameBytesWhileTheyAreRecorded(
            @ForAll @Size(max = 12) List<@IntRange(max = 50) Integer> sizes,
            @ForAll @IntRange(max = 300) int limit,
            @ForAll @IntRange(min = 1, max = 5) int batch,
            @ForAll @Size(max = 3) List<@IntRange(max = 13) Integer> cancellations) {
        List<byte[]> chunks = chunks(sizes);
        byte[] whole = joined(chunks);
        Once source = new Once(chunks);
        AtomicInteger overflows = new AtomicInteger();
        RecordedBody body = new RecordedBody(source, limit, overflows::incrementAndGet);
        for (int cancelAfter : cancellations) {
            if (!body.isReplayable()) {
                break;
            }
            Reader partial = new Reader(batch, cancelAfter);
            body.subscribe(partial);
            byte[] read = partial.bytes.toByteArray();
            assertThat(read).isEqualTo(Arrays.copyOf(whole, read.length));
        }
        assertThat(overflows.get()).isEqualTo(body.isReplayable() ? 0 : 1);
        if (body.isReplayable()) {
            Reader last = new Reader(batch, Integer.MAX_VALUE);
            body.subscribe(last);
            assertThat(last.bytes.toByteArray()).isEqualTo(whole);
            assertThat(last.ends).isEqualTo(1);
            assertThat(source.subscriptions).isEqualTo(1);
            assertThat(body.isReplayable()).isEqualTo(whole.length <= limit);
        }
    }

    @Test
    void isReplayable_beforeAnythingIsRead_isTrueWhateverTheLimit() {
        assertThat(new RecordedBody(new Once(chunks(List.of(5))), 0, () -> {}).isReplayable())
                .isTrue();
    }

    @Test
    void close_ofABodyThatIsNotReadToItsEnd_cancelsTheSource() {
        Once source = new Once(chunks(List.of(5, 5, 5)));
        RecordedBody body = new RecordedBody(source, 100, () -> {});
        body.subscribe(new Reader(1, 1));
        assertThat(source.cancelled).as("the next attempt may need it").isFalse();
        body.close();
        assertThat(source.cancelled).isTrue();
    }

    @Test
    void close_ofABodyThatWasReadToItsEnd_leavesTheSourceAlone() {
        Once source = new Once(chunks(List.of(5)));
        RecordedBody body = new RecordedBody(source, 100, () -> {});
        body.subscribe(new Reader(1, Integer.MAX_VALUE));
        body.close();
        assertThat(source.cancelled).isFalse();
    }

    @Test
    void subscribe_whileAnotherAttemptReads_endsThatOnesReading() {
        Once source = new Once(chunks(List.of(5, 5, 5)));
        RecordedBody body = new RecordedBody(source, 100, () -> {});
        Reader first = new Reader(1, Integer.MAX_VALUE);
        Reader stalled = new Reader(1, Integer.MAX_VALUE) {
            @Override
            public void onNext(ByteBuffer buffer) {
                // Requests nothing more.
            }
        };
        body.subscribe(stalled);
        body.subscribe(first);
        assertThat(first.bytes.size()).isEqualTo(15);
        stalled.subscription.request(10);
        assertThat(stalled.ends).isZero();
    }

    /** Emits items on the test's call. */
    private static final class Slow implements BodyPublisher {
        private Subscriber<? super ByteBuffer> subscriber;
        private int subscriptions;
        private long requested;
        private boolean cancelled;

        @Override
        public long contentLength() {
            return -1;
        }

        @Override
        public void subscribe(Subscriber<? super ByteBuffer> given) {
            subscriptions++;
            subscriber = given;
            given.onSubscribe(new Subscription() {
                @Override
                public void request(long n) {
                    requested += n;
                }

                @Override
                public void cancel() {
                    cancelled = true;
                }
            });
        }

        void emit(int bytes) {
            assertThat(requested).isPositive();
            requested--;
            subscriber.onNext(ByteBuffer.wrap(new byte[bytes]));
        }
    }

    /** The verdict "retry" has been given when the item arrives that would be too much. */
    @Test
    void item_thatArrivesBetweenTwoAttempts_isKeptBeyondTheLimit() {
        Slow source = new Slow();
        RecordedBody body = new RecordedBody(source, 10, () -> {});
        body.subscribe(new Reader(1, Integer.MAX_VALUE));
        source.emit(8);
        body.pause();
        assertThat(body.isReplayable()).isTrue();
        source.emit(8);
        assertThat(body.isReplayable()).isTrue();

        Reader second = new Reader(1, Integer.MAX_VALUE);
        body.subscribe(second);
        assertThat(second.bytes.size()).isEqualTo(16);
        source.emit(8);
        source.subscriber.onComplete();
        assertThat(second.bytes.size()).isEqualTo(24);
        assertThat(second.ends).isEqualTo(1);
        assertThat(source.subscriptions).isEqualTo(1);
        assertThat(body.isReplayable()).isFalse();
    }

    @Test
    void reader_thatThrows_failsTheBodyAndStopsNothing() {
        Slow source = new Slow();
        RecordedBody body = new RecordedBody(source, 100, () -> {});
        body.subscribe(new Reader(1, Integer.MAX_VALUE) {
            @Override
            public void onNext(ByteBuffer buffer) {
                throw new IllegalStateException("bug");
            }

            @Override
            public void onError(Throwable error) {}
        });
        source.emit(5);
        assertThat(body.hasFailed()).isTrue();
    }

    @Test
    void close_beforeTheSourceHasSubscribed_cancelsIt() {
        List<Subscriber<? super ByteBuffer>> late = new ArrayList<>();
        BodyPublisher source = new BodyPublisher() {
            @Override
            public long contentLength() {
                return -1;
            }

            @Override
            public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
                late.add(subscriber);
            }
        };
        RecordedBody body = new RecordedBody(source, 100, () -> {});
        body.subscribe(new Reader(1, Integer.MAX_VALUE));
        body.pause();
        body.close();
        boolean[] cancelled = new boolean[1];
        late.get(0).onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                cancelled[0] = true;
            }
        });
        assertThat(cancelled[0]).isTrue();
    }
}
