package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.hedge.Hedge;
import dev.respite.outcome.Attempt;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every entry point as Java calls it: with lambdas, method references, callables, in generic methods, and with {@code var}.
 * The throws clauses of the tests are part of them. The modules in {@code languages/} do the same in other languages.
 */
class EntryPointsTest {

    private final VirtualTime time = new VirtualTime();
    private final Retry retry = Retry.of(RetryPolicy.parse("base-delay=1ms budget=off"), time);
    private final BreakerPerAttempt perAttempt = BreakerPerAttempt.of(retry, new AlwaysClosed());
    private final Hedge hedge = Hedge.of(retry, Duration.ofMillis(10));
    private int attempts;

    private String fetch() throws IOException {
        attempts++;
        if (attempts == 1) {
            throw new ConnectException("refused");
        }
        return "value";
    }

    private String fetchNumbered(Attempt attempt) throws IOException {
        return fetch() + " of attempt " + attempt.number();
    }

    private CompletionStage<String> fetchAsync() throws IOException {
        return CompletableFuture.completedStage(fetch());
    }

    private CompletionStage<String> fetchNumberedAsync(Attempt attempt) throws IOException {
        return CompletableFuture.completedStage(fetchNumbered(attempt));
    }

    /** Two overloads: a reference to this name is inexact, which some shapes of the API cannot take. */
    private String inexact() throws IOException {
        return fetch();
    }

    private String inexact(Attempt attempt) throws IOException {
        return fetchNumbered(attempt);
    }

    private String valueOf(CompletableFuture<String> call) {
        time.runAll();
        return call.join();
    }

    @AfterEach
    void everyCall_ofATest_madeTwoAttempts() {
        assertThat(attempts).isEqualTo(2);
        assertThat(retry.counts().attempts()).isEqualTo(2);
    }

    @Test
    void call_ofALambda_keepsItsException() throws IOException {
        var value = retry.call(() -> fetch());
        assertThat(value.length()).isEqualTo(5);
    }

    @Test
    void call_ofAMethodReference_keepsItsException() throws IOException {
        var value = retry.call(this::fetch);
        assertThat(value.length()).isEqualTo(5);
    }

    @Test
    void call_ofAnInexactMethodReference_keepsItsException() throws IOException {
        String value = retry.call(this::inexact);
        assertThat(value).isEqualTo("value");
    }

    @Test
    void call_ofACallable_throwsException() throws Exception {
        Callable<String> callable = this::fetch;
        var value = retry.call(callable);
        assertThat(value.length()).isEqualTo(5);
    }

    @Test
    void call_ofASupplier_needsAMethodReference() {
        Supplier<String> supplier = () -> {
            attempts = 2;
            return "value";
        };
        retry.call(supplier::get);
        String value = retry.call(supplier::get);
        assertThat(value).isEqualTo("value");
    }

    @Test
    void call_insideAGenericMethod_keepsTypeAndException() throws IOException {
        assertThat(resilient(this::fetch)).isEqualTo("value");
    }

    private <T, X extends Exception> T resilient(Operation.Simple<T, X> work) throws X {
        return retry.call(work);
    }

    @Test
    void call_ofAnOperationVariable_seesItsAttempt() throws Exception {
        Operation<String, IOException> operation = this::fetchNumbered;
        assertThat(retry.call(operation)).isEqualTo("value of attempt 2");
    }

    @Test
    void callWithAttempt_ofAMethodReference_keepsItsException() throws IOException {
        var value = retry.callWithAttempt(this::fetchNumbered);
        assertThat(value).isEqualTo("value of attempt 2");
    }

    @Test
    void callWithAttempt_ofAnInexactMethodReference_keepsItsException() throws IOException {
        String value = retry.callWithAttempt(this::inexact);
        assertThat(value).isEqualTo("value of attempt 2");
    }

    @Test
    void callWithAttempt_insideAGenericMethod_keepsTypeAndException() throws IOException {
        String value = resilientWithAttempt(attempt -> fetchNumbered(attempt));
        assertThat(value).isEqualTo("value of attempt 2");
    }

    private <T, X extends Exception> T resilientWithAttempt(Operation<T, X> work) throws X {
        return retry.callWithAttempt(work);
    }

    @Test
    void run_ofAMethodReference_keepsItsException() throws IOException {
        retry.run(this::fetch);
    }

    @Test
    void callInterruptibly_ofALambda_keepsItsException() throws IOException, TimeoutException {
        var value = retry.callWithInterrupt(() -> fetch());
        assertThat(value.length()).isEqualTo(5);
    }

    @Test
    void callInterruptibly_ofACallable_throwsException() throws Exception {
        Callable<String> callable = this::fetch;
        assertThat(retry.callWithInterrupt(callable)).isEqualTo("value");
    }

    @Test
    void callAsync_ofAMethodReference_infersItsValue() {
        assertThat(valueOf(retry.callAsync(this::fetchAsync))).isEqualTo("value");
    }

    @Test
    void callAsyncWithAttempt_ofAMethodReference_seesItsAttempt() {
        assertThat(valueOf(retry.callAsyncWithAttempt(this::fetchNumberedAsync)))
                .isEqualTo("value of attempt 2");
    }

    @Test
    void breakerPerAttempt_call_keepsItsException() throws IOException {
        assertThat(perAttempt.call(this::fetch)).isEqualTo("value");
    }

    @Test
    void breakerPerAttempt_callOfACallable_throwsException() throws Exception {
        Callable<String> callable = this::fetch;
        assertThat(perAttempt.call(callable)).isEqualTo("value");
    }

    @Test
    void breakerPerAttempt_run_keepsItsException() throws IOException {
        perAttempt.run(this::fetch);
    }

    @Test
    void breakerPerAttempt_callWithAttempt_seesItsAttempt() throws IOException {
        assertThat(perAttempt.callWithAttempt(this::fetchNumbered)).isEqualTo("value of attempt 2");
    }

    @Test
    void breakerPerAttempt_callAsync_infersItsValue() {
        assertThat(valueOf(perAttempt.callAsync(this::fetchAsync))).isEqualTo("value");
    }

    @Test
    void breakerPerAttempt_callAsyncWithAttempt_seesItsAttempt() {
        assertThat(valueOf(perAttempt.callAsyncWithAttempt(this::fetchNumberedAsync)))
                .isEqualTo("value of attempt 2");
    }

    @Test
    void callIdempotent_ofAMethodReference_infersItsValue() {
        assertThat(valueOf(hedge.callIdempotent(this::fetchAsync))).isEqualTo("value");
    }

    @Test
    void callIdempotentWithAttempt_ofAMethodReference_seesItsAttempt() {
        assertThat(valueOf(hedge.callIdempotentWithAttempt(this::fetchNumberedAsync)))
                .isEqualTo("value of attempt 2");
    }
}
