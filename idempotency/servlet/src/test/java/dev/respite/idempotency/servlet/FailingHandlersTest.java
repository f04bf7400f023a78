package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exceptions from behind the filter, as the filters before it receive them. */
class FailingHandlersTest {

    private static final List<Throwable> FAILURES = List.of(
            new IOException("planned"),
            new ServletException("planned"),
            new IllegalStateException("planned"),
            new StackOverflowError("planned"));

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAs(Throwable failure) throws T {
        throw (T) failure;
    }

    /** Sends a request for each exception, and returns the exceptions that the filter throws. */
    private static List<Throwable> thrownFor(List<Throwable> failures, boolean isAsync) throws Exception {
        List<Throwable> thrown = new ArrayList<>();
        try (TomcatFixture fixture = new TomcatFixture()) {
            IdempotencyFilter keys = IdempotencyFilter.of(guard(fixture.store));
            IdempotencyFilter filter = isAsync ? keys.withAsyncHandlers() : keys;
            fixture.serve(
                    (request, response, chain) -> {
                        FilterChain failing = (same, also) ->
                                FailingHandlersTest.<RuntimeException>throwAs(failures.get(thrown.size()));
                        try {
                            filter.doFilter(request, response, failing);
                        } catch (Throwable failure) {
                            thrown.add(failure);
                        }
                    },
                    fixture::pay,
                    DispatcherType.REQUEST);
            for (int i = 0; i < failures.size(); i++) {
                fixture.post("\"key " + i + "\"");
            }
        }
        return thrown;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void exception_ofAHandler_isThrownAsItIs(boolean isAsync) throws Exception {
        assertThat(thrownFor(FAILURES, isAsync)).containsExactlyElementsOf(FAILURES);
    }

    /** Kotlin and Lombok throw checked exceptions without a declaration. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void exception_thatAFilterMayNotThrow_isTheCauseOfOne(boolean isAsync) throws Exception {
        Exception checked = new Exception("planned");
        assertThat(thrownFor(List.of(checked), isAsync))
                .singleElement()
                .isInstanceOf(ServletException.class)
                .extracting(Throwable::getCause)
                .isSameAs(checked);
    }
}
