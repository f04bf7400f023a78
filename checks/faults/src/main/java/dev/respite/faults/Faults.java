package dev.respite.faults;

import dev.respite.faults.Fault.TestName;
import dev.respite.faults.Tests.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Plants faults in copies of the checkout, one at a time, and expects of each that an assertion of its test fails. The same test
 * must pass on the clean copy before. An error of compilation, of linkage, of set-up or of time finds nothing.
 *
 * <p>Controls are planted in the same way, and must not be found: changes without an effect, and changes that other classes do not
 * fit. The name of a control's folder is its {@link Kind}.
 */
final class Faults {

    /** Each has its thread, and one process at a time. */
    private static final int COPIES = Runtime.getRuntime().availableProcessors();

    private final BlockingQueue<Copy> idle = new ArrayBlockingQueue<>(COPIES);

    private Faults() {}

    /** The end of a planted fault or control. */
    enum Kind {
        /** An assertion has failed. */
        FOUND,
        /** All tests have passed. */
        PASSED,
        /** The changed class does not fit the others. */
        UNLINKED,
        /** The change was not planted, or the tests have failed otherwise. */
        BROKEN
    }

    private record End(Kind kind, String text) {}

    /** The folder with the files of all faults; the working directory is this module's. */
    static Path folder() {
        return Path.of("src", "faults");
    }

    /** The faults whose tests belong to the modules of this build. A build without the profile 'compat' lacks its modules. */
    static List<Fault> ofBuiltModules() throws IOException {
        Map<String, Module> modules = modules();
        return Fault.all(folder()).stream()
                .filter(fault -> modules.containsKey(fault.test().module()))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static Map<String, Module> modules() throws IOException {
        return Module.all(Path.of(System.getProperty("faults.modules")));
    }

    static Path controls() {
        return Path.of("src", "controls");
    }

    static Path root() throws IOException {
        return Path.of("..", "..").toRealPath();
    }

    /**
     * Arguments: names of faults or of folders of faults; without one, all; {@code --self-test} for the controls; or
     * {@code --change}, a commit and a seed for mutants of the lines that differ from it. The exit code is 0 if all ended as they must, else 1.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        if (List.of(arguments).equals(List.of("--self-test"))) {
            List<Fault> controls = Fault.all(controls());
            exit(controls, missedControls(controls), "controls ended as they must");
        }
        if (arguments.length > 0 && arguments[0].equals("--change")) {
            String base = arguments.length > 1 ? arguments[1] : "HEAD^";
            ChangeCommand change = new ChangeCommand(root(), modules(), Fault.all(folder()));
            System.exit(change.run(base, arguments.length > 2 ? Long.parseLong(arguments[2]) : 1) ? 0 : 1);
        }
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
        exit(chosen, missed(chosen), "faults found");
    }

    private static void exit(List<Fault> planted, List<String> missed, String end) {
        System.out.println(planted.size() - missed.size() + " of " + planted.size() + " " + end);
        System.exit(missed.isEmpty() ? 0 : 1);
    }

    /** Plants each fault and prints its end. The result has a line for each that was not found. */
    static List<String> missed(List<Fault> faults) throws IOException, InterruptedException, ExecutionException {
        return missed(faults, fault -> Kind.FOUND);
    }

    /** Plants each control and prints its end. The result has a line for each that did not end as its folder is named. */
    static List<String> missedControls(List<Fault> controls)
            throws IOException, InterruptedException, ExecutionException {
        return missed(controls, control -> Kind.valueOf(control.folder().toUpperCase(Locale.ROOT)));
    }

    private static List<String> missed(List<Fault> faults, Function<Fault, Kind> expected)
            throws IOException, InterruptedException, ExecutionException {
        Map<String, Module> modules = modules();
        Faults runs = new Faults();
        ExecutorService workers = Executors.newFixedThreadPool(COPIES);
        try {
            for (int i = 0; i < COPIES; i++) {
                runs.idle.add(Copy.of(root(), modules));
            }
            List<Future<List<String>>> ends = new ArrayList<>();
            for (List<Fault> group :
                    faults.stream().collect(Collectors.groupingBy(Fault::test)).values()) {
                ends.add(workers.submit(() -> runs.missedOfOneTest(group, expected)));
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

    private List<String> missedOfOneTest(List<Fault> faults, Function<Fault, Kind> expected)
            throws IOException, InterruptedException {
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
                End end = unfit.isEmpty() ? plant(fault, copy) : new End(Kind.BROKEN, unfit.get());
                Kind kind = expected.apply(fault);
                boolean isExpected = end.kind() == kind;
                System.out.printf(
                        "%-10s%s: %s%n",
                        isExpected ? kind.toString().toLowerCase(Locale.ROOT) : "NOT " + kind,
                        fault.name(),
                        end.text());
                if (!isExpected) {
                    missed.add(fault.name() + ": " + end.text());
                }
            }
            return missed;
        } finally {
            idle.add(copy);
        }
    }

    /** Why a test shows nothing, or an empty text if it passes on the clean copy. */
    private static Optional<String> unfit(TestName test, Copy copy) throws IOException, InterruptedException {
        Result clean = Tests.run(test, copy);
        if (!clean.failed().isEmpty()
                || !clean.unlinked().isEmpty()
                || !clean.broken().isEmpty()) {
            return Optional.of(test + " fails on the clean copy: " + clean);
        }
        return clean.passed() > 0 ? Optional.empty() : Optional.of(test + " runs no test on the clean copy");
    }

    private static End plant(Fault fault, Copy copy) throws IOException, InterruptedException {
        Result result;
        try {
            result = copy.with(fault, () -> Tests.run(fault.test(), copy));
        } catch (IllegalArgumentException unplanted) {
            return new End(Kind.BROKEN, String.valueOf(unplanted.getMessage()));
        }
        if (!result.unlinked().isEmpty()) {
            return new End(
                    Kind.UNLINKED,
                    "other classes do not fit the changed one, so nothing is shown: "
                            + result.unlinked().get(0));
        }
        int failed = result.failed().size();
        if (failed > 0) {
            int all = result.passed() + failed + result.broken().size();
            return new End(
                    Kind.FOUND,
                    failed + " of " + all + " tests of " + fault.test() + " failed: "
                            + result.failed().get(0));
        }
        return result.broken().isEmpty()
                ? new End(Kind.PASSED, fault.test() + " passes")
                : new End(
                        Kind.BROKEN,
                        "no assertion of " + fault.test() + " has failed, but: "
                                + result.broken().get(0));
    }
}
