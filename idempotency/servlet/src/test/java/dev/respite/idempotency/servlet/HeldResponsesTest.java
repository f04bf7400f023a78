package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.State;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that are held in memory or in a temporary file until they are recorded. */
class HeldResponsesTest {

    private static final int MEMORY = 20_000;

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    /** Longer than what Tomcat buffers, which would send a shorter one with its length in any case. */
    @ParameterizedTest
    @ValueSource(ints = {MEMORY, MEMORY + 1})
    void response_heldAnywhere_isSentWithItsLength(int length) throws Exception {
        fixture.serve(
                IdempotencyFilter.of(guard(fixture.store).withResponseLimits(MEMORY, 100_000)),
                (request, response) -> response.getWriter().write("x".repeat(length)));
        assertThat(fixture.post("\"k\"").headers().firstValue("Content-Length")).contains(String.valueOf(length));
    }

    @ParameterizedTest
    @ValueSource(ints = {MEMORY, MEMORY + 1})
    void write_afterTheRecord_isNotSent(int length) throws Exception {
        AtomicReference<ServletOutputStream> out = new AtomicReference<>();
        InterceptedStore late = InterceptedStore.of(fixture.store).afterWrites(write -> {
            if (write.state() == State.DONE) {
                print(out.get(), "late");
            }
        });
        fixture.serve(IdempotencyFilter.of(guard(late).withResponseLimits(MEMORY, 100_000)), (request, response) -> {
            out.set(response.getOutputStream());
            print(out.get(), "x".repeat(length));
        });
        HttpResponse<String> received = fixture.post("\"k\"");
        assertThat(received.statusCode()).isEqualTo(200);
        assertThat(received.body()).hasSize(length).doesNotContain("late");
    }

    private static void print(ServletOutputStream out, String text) {
        try {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void temporaryFile_afterTheRequest_isClosed(boolean isAsync, boolean isFailing) throws Exception {
        long before = openFiles();
        CompletableFuture<Long> after = new CompletableFuture<>();
        fixture.add(
                (request, response, chain) -> {
                    try {
                        chain.doFilter(request, response);
                    } finally {
                        after.complete(openFiles());
                    }
                },
                DispatcherType.REQUEST);
        HttpGuard<?> guard = guard(fixture.store).withResponseLimits(MEMORY, 100_000);
        IdempotencyFilter filter = IdempotencyFilter.of(guard);
        CompletableFuture<Long> during = new CompletableFuture<>();
        fixture.serve(isAsync ? filter.withAsyncHandlers() : filter, (request, response) -> {
            print(response.getOutputStream(), "x".repeat(MEMORY + 1));
            during.complete(openFiles());
            if (isFailing) {
                throw new IllegalStateException("planned");
            }
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(isFailing ? 500 : 200);
        assertThat(during).isCompletedWithValue(before + 1);
        assertThat(after.get()).isEqualTo(before);
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(HeldResponsesTest::isHeldBody).count();
        }
    }

    private static boolean isHeldBody(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("respite-response-");
        } catch (IOException closed) {
            return false;
        }
    }
}
