package dev.respite.lab.substitute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.lab.substitute.java.util.concurrent.TCompletionException;
import dev.respite.lab.substitute.java.util.concurrent.TConcurrentLinkedQueue;
import dev.respite.lab.substitute.java.util.concurrent.TFutureTask;
import dev.respite.lab.substitute.java.util.concurrent.atomic.TLongAdder;
import dev.respite.lab.substitute.org.HdrHistogram.TAbstractHistogram;
import dev.respite.lab.substitute.org.HdrHistogram.THistogram;
import dev.respite.lab.substitute.org.HdrHistogram.TPackedHistogram;
import dev.respite.testsupport.Cases;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random operations have the same results with a substitute and with the class that it stands for. */
class SubstitutesTest {

    private static final int SEQUENCES = 2_000;
    private static final double[] SPECIAL = {
        0.0,
        -0.0,
        0.5,
        -0.5,
        0.005,
        0.995,
        9.995,
        -0.004,
        1e-300,
        999.95,
        999_999.5,
        Double.NaN,
        Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
    };

    @Test
    void queue_doesWhatTheJdksDoes() {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            assertThat(played(new TConcurrentLinkedQueue<>(), seed))
                    .as("seed %d", seed)
                    .isEqualTo(played(new ConcurrentLinkedQueue<>(), seed));
        }
    }

    private static List<String> played(Queue<Integer> queue, long seed) {
        Random random = new Random(seed);
        List<String> log = new ArrayList<>();
        for (int step = 0; step < 100; step++) {
            if (random.nextBoolean()) {
                log.add("offer " + queue.offer(step));
            } else {
                log.add("poll " + queue.poll() + " " + queue.isEmpty());
            }
        }
        return log;
    }

    @Tag("cases")
    @Test
    void format_doesWhatTheJdksDoes() {
        String many = "%s of %d: %.2f%% %.1f %+.2f %,.0f %,.1f %.4f";
        String few = "%s, %,d %.3f %+.1f%s";
        String code = "%s\\u%04x";
        String halves = "%.2f %,.1f %+.0f";
        Random random = new Random(1);
        for (int i = 0; i < Cases.of(50 * SEQUENCES); i++) {
            double scale = Math.pow(10, random.nextInt(24) - 8);
            double number =
                    random.nextInt(10) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextGaussian() * scale;
            double half = (random.nextInt(2_001) - 1_000) / 8.0;
            long whole = (long) number;
            String name = "call " + i;
            assertSameText(many, name, whole, number, number, number, number, number, number);
            assertSameText(few, name, whole, number, number, null);
            assertSameText(code, name, random.nextInt(70_000));
            assertSameText(halves, half, half, half);
        }
        for (String other : List.of("%e", "%5d", "%4x", "%.f", "%-8s", "100 %")) {
            assertThatThrownBy(() -> TextFormat.format("a" + other, 1.0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'a" + other + "': the lab has no such conversion; add it to TextFormat");
        }
    }

    private static void assertSameText(String format, Object... values) {
        assertThat(TextFormat.format(format, values)).isEqualTo(String.format(Locale.ROOT, format, values));
    }

    @Test
    void task_doesWhatTheJdksDoes() {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            List<String> jdk = new ArrayList<>();
            List<String> lab = new ArrayList<>();
            Random one = new Random(seed);
            Random other = new Random(seed);
            RunnableFuture<?>[] self = new RunnableFuture<?>[2];
            self[0] = new FutureTask<>(work(one, jdk, self, 0)) {
                @Override
                protected void done() {
                    ended(jdk, this, one);
                }
            };
            self[1] = new TFutureTask<>(work(other, lab, self, 1)) {
                @Override
                protected void done() {
                    ended(lab, this, other);
                }
            };
            for (int step = 0; step < 5; step++) {
                use(self[0], one, jdk);
                use(self[1], other, lab);
            }
            assertThat(lab).as("seed %d", seed).isEqualTo(jdk);
        }
    }

    private static Callable<Integer> work(Random random, List<String> log, RunnableFuture<?>[] self, int index) {
        return () -> {
            log.add("runs");
            switch (random.nextInt(5)) {
                case 0 -> throw new IllegalStateException("thrown");
                case 1 -> log.add("cancels " + self[index].cancel(false));
                case 2 -> log.add("cancels " + self[index].cancel(true));
                case 3 -> self[index].run();
                default -> log.add("works");
            }
            return 1;
        };
    }

    private static void ended(List<String> log, RunnableFuture<?> task, Random random) {
        log.add("done " + task.isDone() + task.isCancelled());
        if (random.nextInt(4) == 0) {
            throw new IllegalArgumentException("from done");
        }
    }

    private static void use(RunnableFuture<?> task, Random random, List<String> log) {
        try {
            switch (random.nextInt(3)) {
                case 0 -> task.run();
                case 1 -> log.add("cancel " + task.cancel(random.nextBoolean()));
                default -> log.add(task.isDone() ? "get " + task.get() : "waits");
            }
        } catch (Throwable thrown) {
            log.add(thrown.getClass() + " " + thrown.getMessage() + " " + thrown.getCause());
        }
        log.add("interrupted " + Thread.interrupted());
    }

    @Test
    void histogram_hasThePercentilesOfHdrHistogram() {
        Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            int digits = random.nextInt(5);
            long highest = 2 + (long) Math.pow(10, random.nextDouble() * 11);
            Histogram original = new Histogram(highest, digits);
            TAbstractHistogram histogram = new THistogram(highest, digits);
            int count = random.nextInt(2_000);
            double exponent = random.nextDouble() * 12;
            for (int i = 0; i < count; i++) {
                long value = Math.min(highest, (long) Math.pow(10, random.nextDouble() * exponent) - 1);
                original.recordValue(value);
                histogram.recordValue(value);
            }
            PackedHistogram packed = new PackedHistogram(original.getHighestTrackableValue(), digits);
            packed.add(original);
            TPackedHistogram mine = new TPackedHistogram(highest, digits);
            mine.add(histogram);
            assertThat(mine.getTotalCount()).isEqualTo(packed.getTotalCount());
            for (double percentile : new double[] {
                0,
                1e-9,
                1,
                25,
                50,
                90,
                95,
                99,
                99.9,
                99.999,
                100,
                101,
                100.0 * random.nextInt(1 + count) / Math.max(1, count),
                100 * (random.nextInt(1 + count) / (double) Math.max(1, count))
            }) {
                assertThat(mine.getValueAtPercentile(percentile))
                        .as("%s of %d values up to %d with %d digits", percentile, count, highest, digits)
                        .isEqualTo(packed.getValueAtPercentile(percentile));
            }
        }
    }

    @Test
    void histogram_refusesWhatHdrHistogramRefuses() {
        for (long value : new long[] {-1, 0, 100, 2047, 2048, 4095, 4096, Long.MAX_VALUE}) {
            for (long highest : new long[] {2, 2047, 2048, 4000}) {
                assertThat(isRecorded(() -> new THistogram(highest, 3).recordValue(value)))
                        .as("%d in a histogram up to %d", value, highest)
                        .isEqualTo(isRecorded(() -> new Histogram(highest, 3).recordValue(value)));
            }
        }
    }

    private static boolean isRecorded(Runnable recording) {
        try {
            recording.run();
            return true;
        } catch (ArrayIndexOutOfBoundsException refused) {
            return false;
        }
    }

    @Test
    void adder_addsAsTheJdks() {
        Random random = new Random(2);
        LongAdder original = new LongAdder();
        TLongAdder adder = new TLongAdder();
        for (int step = 0; step < 10_000; step++) {
            long more = random.nextLong();
            if (random.nextBoolean()) {
                original.increment();
                adder.increment();
            } else {
                original.add(more);
                adder.add(more);
            }
            assertThat(adder.sum()).isEqualTo(original.sum());
        }
    }

    @Test
    void removalFromPriorityQueue_keepsItsOrder() {
        Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            PriorityQueue<Integer> original = new PriorityQueue<>();
            random.ints(random.nextInt(100), 0, 1_000).forEach(original::add);
            PriorityQueue<Integer> queue = new PriorityQueue<>(original);
            int divisor = 1 + random.nextInt(5);
            assertThat(LibraryMethods.removeIf(queue, number -> number % divisor == 0))
                    .isEqualTo(original.removeIf(number -> number % divisor == 0));
            while (!original.isEmpty()) {
                assertThat(queue.poll()).isEqualTo(original.poll());
            }
            assertThat(queue).isEmpty();
        }
    }

    @Test
    void copyOfMap_isImmutableAndTakesNoNull() {
        Map<String, Integer> copy = LibraryMethods.copyOf(Map.of("one", 1));
        assertThat(copy).isEqualTo(Map.of("one", 1));
        assertThatThrownBy(() -> copy.put("two", 2)).isInstanceOf(UnsupportedOperationException.class);
        Map<String, Integer> withNull = new HashMap<>();
        withNull.put("none", null);
        assertThatThrownBy(() -> LibraryMethods.copyOf(withNull)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void completionException_hasTheMessagesOfTheJdks() {
        List<Throwable> causes = List.of(new IllegalStateException("text"), new RuntimeException(), new Error("bug"));
        for (Throwable cause : causes) {
            assertThat(new TCompletionException(cause))
                    .hasMessage(new CompletionException(cause).getMessage())
                    .hasCause(cause);
        }
    }
}
