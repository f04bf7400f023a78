package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Attempt;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Which checked exception a call throws, as the compiler infers it. The methods' own throws clauses are the test. */
class InferenceTest {

    private final Retry retry = Retry.of(RetryPolicy.parse("backoff=immediate"), new VirtualTime());

    private static String none() {
        return "none";
    }

    private static String one() throws IOException {
        return "one";
    }

    private static String related() throws ConnectException, SocketException {
        return "related";
    }

    private static String unrelated() throws IOException, SQLException {
        return "unrelated";
    }

    @Test
    void call_ofALambdaThatThrowsNothing_needsNoCatch() {
        String value = retry.call(() -> none());
        assertThat(value).isEqualTo("none");
        assertThat(retry.call(() -> 42)).isEqualTo(42);
    }

    @Test
    void call_ofALambdaThatThrowsOne_throwsExactlyThatOne() throws IOException {
        String value = retry.call(() -> one());
        assertThat(value).isEqualTo("one");
    }

    @Test
    void call_ofALambdaThatThrowsARelatedPair_throwsTheirSupertype() throws SocketException {
        String value = retry.call(() -> related());
        assertThat(value).isEqualTo("related");
    }

    @Test
    void call_ofALambdaThatThrowsAnUnrelatedPair_throwsTheirCommonSupertype() throws Exception {
        String value = retry.call(() -> unrelated());
        assertThat(value).isEqualTo("unrelated");
    }

    @Test
    void call_ofACallable_throwsException() throws Exception {
        Callable<String> callable = () -> "called";
        String value = retry.call(callable::call);
        assertThat(value).isEqualTo("called");
    }

    @Test
    void call_ofAMatchingCatch_catchesTheCallersOwnException() {
        try {
            retry.call(() -> {
                throw new FileNotFoundException("own");
            });
        } catch (FileNotFoundException caught) {
            assertThat(caught).hasMessage("own");
            return;
        }
        throw new AssertionError("nothing was thrown");
    }

    @Test
    void run_ofAnActionThatThrowsNothing_needsNoCatch() {
        List<String> done = new ArrayList<>();
        retry.run(() -> done.add("done"));
        assertThat(done).containsExactly("done");
    }

    @Test
    void run_ofAnActionThatThrowsOne_throwsExactlyThatOneAndRetries() throws IOException {
        List<String> done = new ArrayList<>();
        retry.run(() -> {
            done.add("try");
            if (done.size() < 3) {
                throw new ConnectException();
            }
        });
        assertThat(done).hasSize(3);
    }

    @Test
    void call_ofALambdaThatSeesItsAttempt_isGivenIt() throws ConnectException {
        List<Attempt> attempts = new ArrayList<>();
        int value = retry.callWithAttempt(attempt -> {
            attempts.add(attempt);
            if (attempt.number() < 3) {
                throw new ConnectException();
            }
            return attempt.number() * 10;
        });
        assertThat(value).isEqualTo(30);
        assertThat(attempts).extracting(Attempt::number).containsExactly(1, 2, 3);
        assertThat(attempts.get(0)).isSameAs(Attempt.FIRST);
    }

    @Test
    void call_ofALambdaThatReturnsNull_returnsNull() {
        String value = retry.call(() -> null);
        assertThat(value).isNull();
        Recorder recorder = new Recorder();
        Object seen = retry.withListener(recorder).call(() -> null);
        assertThat(seen).isNull();
        assertThat(recorder.ended().outcome()).isEqualTo(dev.respite.outcome.Outcome.success(null));
    }

    @Test
    void call_ofAnExceptionThatWasNotDeclared_passesItAsItIs() {
        IOException undeclared = new IOException();
        assertThatThrownBy(() -> retry.call(Script.of(undeclared))).isSameAs(undeclared);
    }
}
