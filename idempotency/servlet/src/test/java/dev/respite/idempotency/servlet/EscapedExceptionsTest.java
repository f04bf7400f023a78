package dev.respite.idempotency.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.store.StoredResponse;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.ArrayList;
import java.util.List;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exceptions of which the code behind the filter has made a response, in a transaction that runs the work twice. */
class EscapedExceptionsTest {

    /** Spring's name, which is the same in 6.2 and 7. */
    private static final String RESOLVED = "org.springframework.web.servlet.DispatcherServlet.EXCEPTION";

    private final List<Boolean> ofFailure = new ArrayList<>();
    private final List<Throwable> thrown = new ArrayList<>();

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private final Idempotency<String> runsAgain = new Idempotency<>() {
        @Override
        public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super String, X> work)
                throws X {
            try {
                ofFailure.add(work.run("rolled back").isOfFailure());
                StoredResponse response = work.run("connection");
                ofFailure.add(response.isOfFailure());
                return new IdempotentResult.Executed(response);
            } catch (Exception failure) {
                thrown.add(failure);
                throw failure;
            }
        }

        @Override
        public IdempotencyCounts counts() {
            throw new UnsupportedOperationException();
        }
    };

    private void serve(TomcatFixture.Handler handler) throws Exception {
        fixture.serve(IdempotencyFilter.of(HttpGuard.of(runsAgain)), handler);
    }

    /** Spring removes the second one after it has rendered a view. */
    @ParameterizedTest
    @ValueSource(strings = {RESOLVED, RequestDispatcher.ERROR_EXCEPTION})
    void response_ofAnExceptionInAnAttribute_isOfAFailure_inThatRunOnly(String name) throws Exception {
        serve((request, response) -> {
            if (request.getAttribute(IdempotencyFilter.CONTEXT).equals("rolled back")) {
                new HttpServletRequestWrapper(request).setAttribute(name, new IllegalStateException("planned"));
                request.removeAttribute(name);
            }
            response.setStatus(202);
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(202);
        assertThat(ofFailure).containsExactly(true, false);
    }

    /** An advice for all exceptions would release the key, and the effect might take place twice. */
    @Test
    void response_ofAnUnknownOutcome_leavesItUnknown() throws Exception {
        OutcomeUnknownException unknown = new OutcomeUnknownException("the bank has not responded");
        serve((request, response) -> {
            request.setAttribute(RESOLVED, new IllegalStateException(unknown));
            response.setStatus(503);
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(500);
        assertThat(thrown).singleElement().satisfies(failure -> {
            assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
            assertThat(failure).hasRootCause(unknown);
        });
    }

    @Test
    void response_withOtherAttributes_isNotOfAFailure() throws Exception {
        serve((request, response) -> {
            request.setAttribute(RESOLVED, "no exception");
            request.setAttribute(RequestDispatcher.ERROR_EXCEPTION, null);
            request.setAttribute("failure", new IllegalStateException("of the application"));
            response.setStatus(202);
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(202);
        assertThat(ofFailure).containsExactly(false, false);
    }

    /** The transaction has failed before the page is rendered. */
    @Test
    void errorPage_thatMakesASuccess_isRenderedAfterTheFailure() throws Exception {
        ErrorPage page = new ErrorPage();
        page.setExceptionType(IllegalStateException.class.getName());
        page.setLocation("/sorry");
        fixture.withErrorPage(page);
        serve((request, response) -> {
            if (request.getRequestURI().equals("/sorry")) {
                response.setStatus(200);
                response.getWriter().write("sorry");
                return;
            }
            throw new IllegalStateException("planned");
        });
        assertThat(fixture.post("\"k\"").statusCode()).isEqualTo(200);
        assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
    }
}
