package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.KEY;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static dev.respite.idempotency.servlet.TomcatFixture.isReplay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.store.StoredResponse;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no handler has handled: their keys are as if they had never been sent. */
class NotHandledTest {

    private TomcatFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private HttpResponse<String> post(String body) throws Exception {
        return fixture.send(fixture.request("/pay", body).header(KEY, "\"k\""));
    }

    private void serve(boolean isAsync, Object value, boolean isFailing) throws Exception {
        IdempotencyFilter filter = IdempotencyFilter.of(guard(fixture.store));
        fixture.serve(isAsync ? filter.withAsyncHandlers() : filter, (request, response) -> {
            if (fixture.effects.getAndIncrement() > 0) {
                response.getWriter().write("done");
                return;
            }
            request.setAttribute(IdempotencyFilter.NOT_HANDLED, value);
            if (isFailing) {
                throw new IllegalStateException("planned");
            }
            response.sendError(400, "not a number");
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void response_ofARequestThatIsNotHandled_isSentAndTheKeyServesAnotherBody(boolean isAsync) throws Exception {
        serve(isAsync, true, false);
        HttpResponse<String> first = post("ten");
        assertThat(first.statusCode()).isEqualTo(400);
        assertThat(first.body()).contains("not a number");
        assertThat(post("10").body()).isEqualTo("done");
        assertThat(isReplay(post("10"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void exception_ofARequestThatIsNotHandled_leavesTheKeyToBeSentAgain(boolean isAsync) throws Exception {
        serve(isAsync, true, true);
        assertThat(post("10").statusCode()).isEqualTo(500);
        assertThat(post("10").body()).isEqualTo("done");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void response_withAnotherValueOfTheAttribute_isStored(boolean isAsync) throws Exception {
        serve(isAsync, "true", false);
        assertThat(post("ten").statusCode()).isEqualTo(400);
        HttpResponse<String> again = post("ten");
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(isReplay(again)).isTrue();
    }

    /** The work of a transaction that was rolled back runs again. */
    @Test
    void response_ofASecondRunThatIsHandled_isStored() throws Exception {
        List<Boolean> withoutEffect = new ArrayList<>();
        Idempotency<String> runsAgain = new Idempotency<>() {
            @Override
            public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super String, X> work)
                    throws X {
                withoutEffect.add(work.run("rolled back").isWithoutEffect());
                StoredResponse response = work.run("connection");
                withoutEffect.add(response.isWithoutEffect());
                return new IdempotentResult.Executed(response);
            }

            @Override
            public IdempotencyCounts counts() {
                throw new UnsupportedOperationException();
            }
        };
        fixture.serve(IdempotencyFilter.of(HttpGuard.of(runsAgain)), (request, response) -> {
            if (request.getAttribute(IdempotencyFilter.CONTEXT).equals("rolled back")) {
                request.setAttribute(IdempotencyFilter.NOT_HANDLED, true);
            }
            response.getWriter().write("done");
        });
        assertThat(post("10").body()).isEqualTo("done");
        assertThat(withoutEffect).containsExactly(true, false);
    }
}
