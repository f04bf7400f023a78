package dev.respite.faults;

import dev.respite.faults.Fault.TestName;
import dev.respite.faults.Tests.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Plants faults in copies of the checkout, one at a time, and expects of each that an assertion of its test fails. The same test
 * must pass on the clean copy before. An error of compilation, of set-up or of time finds nothing.
 */
final class Faults {

    /** Each has its thread, and one process at a time. */
    private static final int COPIES = Runtime.getRuntime().availableProcessors();

    private final BlockingQueue<Copy> idle = new ArrayBlockingQueue<>(COPIES);

    private Faults() {}

    /** The folder with the files of all faults; the working directory is this module's. */
    static Path folder() {
        return Path.of("src", "faults");
    }

    static Path root() throws IOException {
        return Path.of("..", "..").toRealPath();
    }

    /** Arguments: names of faults or of folders of faults; without one, all. The exit code is 0 if all were found, else 1. */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        List<Fault> chosen = new ArrayList<>(Fault.all(folder()));
        if (arguments.length > 0) {
            for (String argument : arguments) {
                if (chosen.stream().noneMatch(fault -> fault.isNamed(argument))) {
                    System.err.println(
                            "'" + argument + "' is no fault and no folder of faults in " + folder().toAbsolutePath());
                    System.exit(2);
                }
            }
            chosen.removeIf(fault -> Arrays.stream(arguments).noneMatch(fault::isNamed));
        }
        List<String> missed = missed(chosen);
        System.out.println(chosen.size() - missed.size() + " of " + chosen.size() + " faults found");
        System.exit(missed.isEmpty() ? 0 : 1);
    }

    /** Plants each fault and prints its end. The result has a line for each that was not found. */
    static List<String> missed(List<Fault> faults) throws IOException, InterruptedException, ExecutionException {
        Map<String, Module> modules = Module.all(Path.of(System.getProperty("faults.modules")));
        Faults runs = new Faults();
        ExecutorService workers = Executors.newFixedThreadPool(COPIES);
        try {
            for (int i = 0; i < COPIES; i++) {
                runs.idle.add(Copy.of(root(), modules));
            }
            List<Future<List<String>>> ends = new ArrayList<>();
            for (List<Fault> group :
                    faults.stream().collect(Collectors.groupingBy(Fault::test)).values()) {
                ends.add(workers.submit(() -> runs.missedOfOneTest(group)));
            }
            List<String> missed = new ArrayList<>();
            for (Future<List<String>> end : ends) {
                missed.addAll(end.get());
            }
            return missed;
        } finally {
            workers.shutdownNow();
            for (Copy copy : runs.idle) {
                copy.close();
            }
        }
    }

    private List<String> missedOfOneTest(List<Fault> faults) throws IOException, InterruptedException {
        Copy copy = idle.take();
        try {
            List<String> missed = new ArrayList<>();
            Optional<String> unfit = Optional.empty();
            boolean isFirst = true;
            for (Fault fault : faults) {
                if (fault.release() > Runtime.version().feature()) {
                    System.out.println("skipped   " + fault.name() + ": it needs JDK " + fault.release());
                    continue;
                }
                if (isFirst) {
                    unfit = unfit(fault.test(), copy);
                    isFirst = false;
                }
                End end = unfit.isEmpty() ? plant(fault, copy) : new End(false, unfit.get());
                System.out.println((end.isFound() ? "found     " : "NOT FOUND ") + fault.name() + ": " + end.text());
                if (!end.isFound()) {
                    missed.add(fault.name() + ": " + end.text());
                }
            }
            return missed;
        } finally {
            idle.add(copy);
        }
    }

    private record End(boolean isFound, String text) {}

    /** Why a test shows nothing, or an empty text if it passes on the clean copy. */
    private static Optional<String> unfit(TestName test, Copy copy) throws IOException, InterruptedException {
        Result clean = Tests.run(test, copy);
        if (!clean.failed().isEmpty() || !clean.broken().isEmpty()) {
            return Optional.of(test + " fails on the clean copy: " + clean);
        }
        return clean.passed() > 0 ? Optional.empty() : Optional.of(test + " runs no test on the clean copy");
    }

    private static End plant(Fault fault, Copy copy) throws IOException, InterruptedException {
        Result result;
        try {
            result = copy.with(fault, () -> Tests.run(fault.test(), copy));
        } catch (IllegalArgumentException unplanted) {
            return new End(false, String.valueOf(unplanted.getMessage()));
        }
        int failed = result.failed().size();
        if (failed > 0) {
            int all = result.passed() + failed + result.broken().size();
            return new End(
                    true,
                    failed + " of " + all + " tests of " + fault.test() + " failed: "
                            + result.failed().get(0));
        }
        return new End(
                false,
                result.broken().isEmpty()
                        ? fault.test() + " passes"
                        : "no assertion of " + fault.test() + " has failed, but: "
                                + result.broken().get(0));
    }
}
