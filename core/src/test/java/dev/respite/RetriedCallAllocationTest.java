package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two failures and a success allocate few bytes. A virtual machine of its own measures that, so that other tests do not change
 * what its compiler knows. It measures rounds until the compiler is done: bytes are counted, not time.
 */
class RetriedCallAllocationTest {

    private static final int MAX_BYTES = 350;
    private static final int MAX_ROUNDS = 200;
    private static final int CALLS = 20_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backoff=immediate total-timeout=off budget=success:4/20/10",
                "backoff=immediate budget=success:4/20/10",
                "backoff=immediate total-timeout=off budget=off",
                "max-attempts=4 backoff=immediate budget=success:4/20/10 retry-on=java.net.ConnectException"
            })
    void call_thatFailsTwice_allocatesAtMost350Bytes(String policy) throws Exception {
        String launcher =
                Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = folderOf(Retry.class) + System.getProperty("path.separator") + folderOf(Calls.class);
        // On a loaded machine the calls would be over before a compilation in the background is.
        Process runtime = new ProcessBuilder(
                        List.of(launcher, "-Xbatch", "-cp", classes, Calls.class.getName(), policy))
                .redirectErrorStream(true)
                .start();
        String printed = new String(runtime.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(runtime.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(printed.strip()).isEqualTo("within the limit");
    }

    private static String folderOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** The program that is measured: it prints the least bytes of a call if none of its rounds is within the limit. */
    static final class Calls {

        private final Object value = new Object();
        private final IOException error = new ConnectException("made beforehand");
        private int failed;

        private Object attempt() throws IOException {
            if (failed < 2) {
                failed++;
                throw error;
            }
            failed = 0;
            return value;
        }

        public static void main(String[] arguments) throws IOException {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long thread = Thread.currentThread().getId();
            Retry retry = Retry.withoutWarnings(RetryPolicy.parse(arguments[0]), TimeSource.system());
            Operation.Simple<Object, IOException> operation = new Calls()::attempt;
            double least = Double.MAX_VALUE;
            for (int round = 0; round < MAX_ROUNDS && least > MAX_BYTES; round++) {
                long before = threads.getThreadAllocatedBytes(thread);
                for (int i = 0; i < CALLS; i++) {
                    retry.call(operation);
                }
                least = Math.min(least, (threads.getThreadAllocatedBytes(thread) - before) / (double) CALLS);
            }
            System.out.println(least <= MAX_BYTES ? "within the limit" : least + " bytes");
        }
    }
}
