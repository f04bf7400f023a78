package dev.respite.demo;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A demo that receives a signal leaves no files and no processes. */
@Tag("slow")
@DisabledOnOs(OS.WINDOWS)
class DemoSignalTest {

    private static final int SIGINT = 2;

    @TempDir
    private Path temporary;

    @TempDir
    private Path logs;

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "demo",
                        "--transfers=1000")
                .redirectOutput(logs.resolve("out").toFile())
                .start();
    }

    /** A process that is started in the background of a script inherits that SIGINT is ignored. */
    private static boolean ignoresInterrupt(Process process) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return false;
        }
        String mask = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\D*:\\s*", "");
        return (Long.parseUnsignedLong(mask, 16) >> (SIGINT - 1) & 1) == 1;
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        assumeFalse(name.equals("INT") && ignoresInterrupt(process), "SIGINT is ignored");
        int sent = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                .start()
                .waitFor();
        assertThat(sent).isZero();
    }

    /** Ends what a failed test has left, before its folders are deleted. */
    private static void kill(Process demo) throws Exception {
        List<ProcessHandle> banks = demo.descendants().toList();
        demo.destroyForcibly().waitFor();
        for (ProcessHandle bank : banks) {
            bank.destroyForcibly();
            bank.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    private void assertNothingIsLeft(Process demo, List<ProcessHandle> banks, int exitCode) throws Exception {
        assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(exitCode);
        assertThat(temporary).isEmptyDirectory();
        for (ProcessHandle bank : banks) {
            bank.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void signal_whileBankStarts_leavesNothing(String name, int exitCode) throws Exception {
        try (WatchService changes = temporary.getFileSystem().newWatchService()) {
            temporary.register(changes, ENTRY_CREATE);
            Process demo = start();
            try {
                assertThat(changes.poll(60, TimeUnit.SECONDS)).isNotNull();
                signal(demo, name);

                assertNothingIsLeft(demo, List.of(), exitCode);
            } finally {
                kill(demo);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130, 1", "TERM, 143, 2"})
    void signal_duringTransfers_leavesNothing(String name, int exitCode, int strategies) throws Exception {
        Process demo = start();
        try (BufferedReader err = demo.errorReader(StandardCharsets.UTF_8)) {
            for (int completed = 0; completed < strategies; completed++) {
                assertThat(err.readLine()).contains(": 1,000 transfers in ");
            }
            List<ProcessHandle> banks = demo.descendants().toList();
            assertThat(banks).isNotEmpty();
            signal(demo, name);

            assertNothingIsLeft(demo, banks, exitCode);
            // On a busy machine the program may end before it prints the message.
            assertThat(err.lines()).allSatisfy(line -> assertThat(line).isEqualTo("respite: interrupted"));
        } finally {
            kill(demo);
        }
    }
}
