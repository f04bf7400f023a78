package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** What holds for any request, answer and policy. */
@Tag("cases")
class HttpRulesPropertyTest {

    private static final Instant WALL_TIME = Instant.parse("2026-03-15T12:00:00Z");

    @Property
    void classify_requestThatMustNotRunTwice_isNeverRetriedOnceItMayHaveArrived(
            @ForAll("requests") RequestFacts request,
            @ForAll("policies") String policy,
            @ForAll @IntRange(min = -10, max = 700) int status,
            @ForAll("hints") Map<String, List<String>> hints,
            @ForAll("failures") Throwable failure) {
        HttpRules rules = new HttpRules(RetryPolicy.parse(policy).rules());
        Verdict response = rules.classify(request, status, name -> hints.getOrDefault(name, List.of()), WALL_TIME);
        Verdict lack = rules.classify(request, failure);

        if (!request.isRepeatable() || !request.replayable()) {
            assertThat(response).isNotInstanceOf(Verdict.Transient.class);
            boolean mayHaveArrived = request.mayBeElsewhere()
                    || !(failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException);
            if (mayHaveArrived || !request.replayable()) {
                assertThat(lack).isNotInstanceOf(Verdict.Transient.class);
            }
        }
        if (status >= 100 && status < 400 && !policy.contains("xx")) {
            assertThat(response).isEqualTo(Verdict.accept());
        }
        assertThat(lack).isNotInstanceOf(Verdict.Accept.class);
    }

    @Property
    void classify_guards_neverChangeWhatIsAcceptedOrRefusedForAnotherReason(
            @ForAll("requests") RequestFacts request,
            @ForAll("policies") String policy,
            @ForAll @IntRange(min = 100, max = 599) int status,
            @ForAll("hints") Map<String, List<String>> hints) {
        HttpRules rules = new HttpRules(RetryPolicy.parse(policy).rules());
        // With the key of the request: it decides whether a 409 means that another request with the same key is in
        // progress.
        RequestFacts free = new RequestFacts("GET", request.keyed(), true, false);
        Verdict verdict = rules.classify(request, status, name -> hints.getOrDefault(name, List.of()), WALL_TIME);
        Verdict unguarded = rules.classify(free, status, name -> hints.getOrDefault(name, List.of()), WALL_TIME);

        if (!(unguarded instanceof Verdict.Transient error)) {
            assertThat(verdict).isEqualTo(unguarded);
        } else if (!request.isRepeatable()) {
            assertThat(verdict).isEqualTo(Verdict.fatal(StopReason.NOT_IDEMPOTENT, error.kind()));
        } else if (!request.replayable()) {
            assertThat(verdict).isEqualTo(Verdict.fatal(StopReason.INPUT_CONSUMED, error.kind()));
        } else {
            assertThat(verdict).isEqualTo(unguarded);
        }
    }

    @Provide
    Arbitrary<RequestFacts> requests() {
        Arbitrary<String> methods = Arbitraries.of("GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "put", "LOCK");
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        return Combinators.combine(methods, flags, flags, flags).as(RequestFacts::new);
    }

    @Provide
    Arbitrary<String> policies() {
        return Arbitraries.of(
                "",
                "retry-on=any",
                "stop-on=any",
                "retry-on=4xx",
                "retry-on=any stop-on=5xx",
                "stop-on=io,timeout,connect",
                "retry-on=java.io.IOException",
                "retry-on=java.lang.Exception stop-on=503");
    }

    @Provide
    Arbitrary<Map<String, List<String>>> hints() {
        return Arbitraries.of(
                Map.of(),
                Map.of("x-should-retry", List.of("true")),
                Map.of("x-should-retry", List.of("false")),
                Map.of("respite-refused", List.of("retry")),
                Map.of("retry-after", List.of("0")),
                Map.of("retry-after", List.of("7")),
                Map.of("retry-after", List.of("garbage")));
    }

    @Provide
    Arbitrary<Throwable> failures() {
        return Arbitraries.of(
                new IOException("broken"),
                new SocketException("reset"),
                new ConnectException("refused"),
                new HttpConnectTimeoutException("late"),
                new HttpTimeoutException("late"),
                new SSLException("not TLS"),
                new IllegalStateException("a bug"));
    }
}
