package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.File;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The core in a runtime that has nothing but {@code java.base}. */
class WithoutFlightRecorderTest {

    /** What runs in the small runtime. */
    static final class Calls {
        private Calls() {}

        public static void main(String[] arguments) throws Exception {
            VirtualTime time = new VirtualTime();
            Retry retry = Retry.withoutWarnings(RetryPolicy.parse("max-attempts=3 budget=off"), time)
                    .withListener(RetryListener.logging());
            System.out.println(
                    "jfr: " + ModuleLayer.boot().findModule("jdk.jfr").isPresent());
            System.out.println("at once: " + retry.callWithAttempt(attempt -> "attempt " + attempt.number()));
            System.out.println("blocking: "
                    + retry.callWithAttempt(attempt -> {
                        if (attempt.number() < 3) {
                            throw new SocketTimeoutException("read");
                        }
                        return "attempt " + attempt.number();
                    }));
            CompletableFuture<String> call = retry.callAsyncWithAttempt(attempt -> attempt.number() < 3
                    ? CompletableFuture.failedStage(new SocketTimeoutException("read"))
                    : CompletableFuture.completedStage("attempt " + attempt.number()));
            time.runAll();
            System.out.println("asynchronous: " + call.join());
        }
    }

    @Test
    void calls_withNothingButJavaBase_areMade() throws Exception {
        String launcher =
                Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = folderOf(Retry.class) + File.pathSeparator + folderOf(Calls.class);
        Process runtime = new ProcessBuilder(
                        List.of(launcher, "--limit-modules", "java.base", "-cp", classes, Calls.class.getName()))
                .redirectErrorStream(true)
                .start();
        String printed = new String(runtime.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(runtime.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(printed.lines())
                .containsExactly("jfr: false", "at once: attempt 1", "blocking: attempt 3", "asynchronous: attempt 3");
        assertThat(runtime.exitValue()).isZero();
    }

    private static String folderOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
