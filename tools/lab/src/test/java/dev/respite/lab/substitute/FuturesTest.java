package dev.respite.lab.substitute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.lab.substitute.java.util.concurrent.TCompletableFuture;
import dev.respite.testsupport.Cases;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random programs of futures do the same, in the same order, with the JDK's class and with that of the lab. */
class FuturesTest {

    private static final int PROGRAMS = Cases.of(5_000);
    private static final int STEPS = 60;

    @Tag("cases")
    @Test
    void randomPrograms_doWhatTheyDoWithTheJdk() {
        int longest = 0;
        for (int seed = 0; seed < PROGRAMS; seed++) {
            List<String> expected = new Program<>(seed, new Jdk()).run();
            assertThat(new Program<>(seed, new Lab()).run()).as("seed %d", seed).isEqualTo(expected);
            longest = Math.max(longest, expected.size());
        }
        assertThat(longest).isGreaterThan(100);
    }

    @Test
    void longChain_needsNoDeepStack() {
        TCompletableFuture<Integer> first = new TCompletableFuture<>();
        TCompletableFuture<Integer> last = first;
        for (int i = 0; i < 200_000; i++) {
            last = last.handle((value, error) -> value + 1);
        }
        first.complete(0);
        assertThat(last.join()).isEqualTo(200_000);
    }

    /** What both classes can do. */
    private interface Api<F> {
        F create();

        F failed(Throwable error);

        F whenComplete(F future, BiConsumer<Integer, Throwable> action);

        F handle(F future, BiFunction<Integer, Throwable, Integer> function);

        boolean complete(F future, Integer value);

        boolean fail(F future, Throwable error);

        boolean cancel(F future);

        String state(F future);

        Object get(F future) throws Exception;

        Object join(F future);

        Object getNow(F future);
    }

    /** A program that is decided by its seed and logs all that can be seen of it. */
    private static final class Program<F> {
        private final Random random;
        private final Api<F> api;
        private final List<F> futures = new ArrayList<>();
        private final List<String> log = new ArrayList<>();
        private int depth;

        Program(long seed, Api<F> api) {
            this.random = new Random(seed);
            this.api = api;
        }

        List<String> run() {
            futures.add(api.create());
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            for (int i = 0; i < futures.size(); i++) {
                F future = futures.get(i);
                log.add(i + ": " + api.state(future));
                if (!api.state(future).startsWith("false")) {
                    observe("get", () -> api.get(future));
                    observe("join", () -> api.join(future));
                }
                observe("now", () -> api.getNow(future));
            }
            return log;
        }

        private void observe(String what, Callable<Object> use) {
            try {
                log.add(what + " " + use.call());
            } catch (Throwable thrown) {
                log.add(what + " threw " + describe(withoutWrapper(thrown)));
            }
        }

        /** Later JDKs throw a cancellation as the cause of another one. */
        private static Throwable withoutWrapper(Throwable thrown) {
            return thrown instanceof CancellationException && thrown.getCause() instanceof CancellationException inner
                    ? inner
                    : thrown;
        }

        private void step() {
            int number = random.nextInt(1_000);
            F future = futures.get(random.nextInt(futures.size()));
            switch (random.nextInt(9)) {
                case 0 -> futures.add(api.create());
                case 1, 2 ->
                    futures.add(api.whenComplete(future, (value, error) -> callback("when" + number, value, error)));
                case 3, 4 ->
                    futures.add(api.handle(future, (value, error) -> callback("handle" + number, value, error)));
                case 5 -> log.add("complete " + api.complete(future, number));
                case 6 -> log.add("fail " + api.fail(future, error(number)));
                case 7 -> log.add("cancel " + api.cancel(future));
                default -> futures.add(api.failed(error(number)));
            }
        }

        /** A function that logs, and at times uses futures itself, or throws. */
        private Integer callback(String name, Integer value, Throwable error) {
            log.add(name + " " + value + " " + describe(error));
            if (depth < 3 && random.nextInt(3) == 0) {
                depth++;
                step();
                depth--;
            }
            if (random.nextInt(5) == 0) {
                throw error(random.nextInt(1_000));
            }
            return random.nextInt(1_000);
        }

        private static RuntimeException error(int number) {
            return number % 3 == 0
                    ? new CompletionException("given " + number, number % 2 == 0 ? null : new IllegalStateException())
                    : new IllegalArgumentException("error " + number);
        }

        private static String describe(Throwable error) {
            return error == null
                    ? "null"
                    : error.getClass().getSimpleName() + "(" + error.getMessage() + ", " + describe(error.getCause())
                            + ", "
                            + List.of(error.getSuppressed()).stream()
                                    .map(Program::describe)
                                    .toList() + ")";
        }
    }

    private static final class Jdk implements Api<CompletableFuture<Integer>> {
        @Override
        public CompletableFuture<Integer> create() {
            return new CompletableFuture<>();
        }

        @Override
        public CompletableFuture<Integer> failed(Throwable error) {
            return CompletableFuture.failedFuture(error);
        }

        @Override
        public CompletableFuture<Integer> whenComplete(
                CompletableFuture<Integer> future, BiConsumer<Integer, Throwable> action) {
            return future.whenComplete(action);
        }

        @Override
        public CompletableFuture<Integer> handle(
                CompletableFuture<Integer> future, BiFunction<Integer, Throwable, Integer> function) {
            return future.handle(function);
        }

        @Override
        public boolean complete(CompletableFuture<Integer> future, Integer value) {
            return future.complete(value);
        }

        @Override
        public boolean fail(CompletableFuture<Integer> future, Throwable error) {
            return future.completeExceptionally(error);
        }

        @Override
        public boolean cancel(CompletableFuture<Integer> future) {
            return future.cancel(true);
        }

        @Override
        public String state(CompletableFuture<Integer> future) {
            return future.isDone() + " " + future.isCancelled() + " " + future.isCompletedExceptionally();
        }

        @Override
        public Object get(CompletableFuture<Integer> future) throws Exception {
            return future.get();
        }

        @Override
        public Object join(CompletableFuture<Integer> future) {
            return future.join();
        }

        @Override
        public Object getNow(CompletableFuture<Integer> future) {
            return future.getNow(-1);
        }
    }

    private static final class Lab implements Api<TCompletableFuture<Integer>> {
        @Override
        public TCompletableFuture<Integer> create() {
            return new TCompletableFuture<>();
        }

        @Override
        public TCompletableFuture<Integer> failed(Throwable error) {
            return TCompletableFuture.failedFuture(error);
        }

        @Override
        public TCompletableFuture<Integer> whenComplete(
                TCompletableFuture<Integer> future, BiConsumer<Integer, Throwable> action) {
            return future.whenComplete(action);
        }

        @Override
        public TCompletableFuture<Integer> handle(
                TCompletableFuture<Integer> future, BiFunction<Integer, Throwable, Integer> function) {
            return future.handle(function);
        }

        @Override
        public boolean complete(TCompletableFuture<Integer> future, Integer value) {
            return future.complete(value);
        }

        @Override
        public boolean fail(TCompletableFuture<Integer> future, Throwable error) {
            return future.completeExceptionally(error);
        }

        @Override
        public boolean cancel(TCompletableFuture<Integer> future) {
            return future.cancel(true);
        }

        @Override
        public String state(TCompletableFuture<Integer> future) {
            return future.isDone() + " " + future.isCancelled() + " " + future.isCompletedExceptionally();
        }

        @Override
        public Object get(TCompletableFuture<Integer> future) throws Exception {
            return future.get();
        }

        @Override
        public Object join(TCompletableFuture<Integer> future) {
            return future.join();
        }

        @Override
        public Object getNow(TCompletableFuture<Integer> future) {
            return future.getNow(-1);
        }
    }
}
