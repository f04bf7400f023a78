package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy's own words change, and what they cannot. */
@ParameterizedClass
@EnumSource
class ClientPolicyTest {

    private static final HttpClient PLAIN = RecordingListener.plain();

    private final Sender sender;
    private final FaultyServer server = FaultyServer.start();
    private final RecordingListener listener = new RecordingListener();

    ClientPolicyTest(Sender sender) {
        this.sender = sender;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> send(String policy, String method) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri())
                .method(method, BodyPublishers.ofString("x"))
                .build();
        return sender.by(listener.client(PLAIN, policy)).send(request, BodyHandlers.ofString());
    }

    private static final class Nothing implements RetryBudget {
        @Override
        public boolean tryAcquire(ErrorKind kind) {
            return false;
        }

        @Override
        public void succeeded() {}

        @Override
        public double retriesLeft() {
            return 0;
        }
    }

    @Test
    void budgetThatIsGiven_isThatOfAllOrigins() throws Exception {
        server.then(Reply.of(503));
        RetryingHttpClient client = RetryingHttpClient.of(
                PLAIN, listener.retry("", TimeSource.system()).withBudget(new Nothing()));
        HttpRequest request = HttpRequest.newBuilder(server.uri()).build();

        assertThat(sender.by(client).send(request, BodyHandlers.ofString()).statusCode())
                .isEqualTo(503);
        assertThat(listener.reason()).isEqualTo(StopReason.BUDGET_EXHAUSTED);
    }

    /** Each try counts against the account; the JDK makes four of its own. */
    @Test
    void wrongPassword_isNotTriedAgain() throws Exception {
        server.otherwise(Reply.of(401).header("WWW-Authenticate", "Basic realm=\"x\""));
        HttpClient authenticating = RecordingListener.builder()
                .authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication("somebody", new char[] {'x'});
                    }
                })
                .build();
        HttpRequest request = HttpRequest.newBuilder(server.uri()).build();

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> sender.by(listener.client(authenticating, "")).send(request, BodyHandlers.ofString()))
                .withMessageContaining("authentication");
        assertThat(listener.attempts()).isEqualTo(1);
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"404", "4xx", "any", "400,404"})
    void send_statusNamedByRetryOn_isRetried(String retryOn) throws Exception {
        server.then(Reply.of(404), Reply.of(404));

        assertThat(send("retry-on=" + retryOn, "PUT").statusCode()).isEqualTo(200);
        assertThat(listener.outcomes()).containsExactly("404", "404", "ok");
    }

    @Test
    void send_redirectionNamedByRetryOn_isRetried() throws Exception {
        server.then(Reply.of(302));

        assertThat(send("retry-on=302", "PUT").statusCode()).isEqualTo(200);
    }

    @Test
    void send_successWhereAnyErrorIsRetried_isAccepted() throws Exception {
        assertThat(send("retry-on=any", "PUT").statusCode()).isEqualTo(200);
        assertThat(server.requests()).hasSize(1);
        assertThat(listener.reason()).isEqualTo(StopReason.ACCEPTED);
    }

    @Test
    void send_unsafeStatusNamedByRetryOn_isStillNotSentTwice() throws Exception {
        server.then(Reply.of(404));

        assertThat(send("retry-on=404", "POST").statusCode()).isEqualTo(404);
        assertThat(listener.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"503", "5xx", "any"})
    void send_statusNamedByStopOn_isNotRetried(String stopOn) throws Exception {
        server.then(Reply.of(503).body("busy"));

        assertThat(send("stop-on=" + stopOn, "PUT").body()).isEqualTo("busy");
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io", "java.io.IOException", "any"})
    void send_failureNamedByStopOn_isNotRetried(String stopOn) {
        server.then(ServerFault.reset());

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> send("stop-on=" + stopOn, "PUT"));
        assertThat(listener.reason()).isEqualTo(StopReason.FATAL);
    }

    @Test
    void send_ruleForAStatus_replacesTheGeneralLimit() throws Exception {
        server.otherwise(Reply.of(503));

        send("on.503.max-attempts=5", "PUT");

        assertThat(server.requests()).hasSize(5);
        assertThat(listener.reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @Test
    void send_ruleOfOneAttempt_returnsTheAnswerWithItsBody() throws Exception {
        server.otherwise(Reply.of(503).body("busy"));

        assertThat(send("on.503.max-attempts=1", "PUT").body()).isEqualTo("busy");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void send_ruleForATimeout_countsWhatCameBefore() throws Exception {
        server.then(Reply.of(500), ServerFault.hang(), ServerFault.hang());

        assertThat(send("max-attempts=2 on.timeout.max-attempts=4 attempt-timeout=100ms", "PUT")
                        .statusCode())
                .isEqualTo(200);
        assertThat(listener.outcomes()).containsExactly("500", "timeout", "timeout", "ok");
    }

    @Test
    void send_presetOfTheCourse_runs() throws Exception {
        server.then(Reply.of(503), Reply.of(503), Reply.of(503));
        ShortDelayTime time = new ShortDelayTime();
        Retry retry = Retry.of(RetryPolicy.parse("preset=course"), time).withListener(listener);

        HttpResponse<String> response = RetryingHttpClient.of(PLAIN, retry)
                .send(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(listener.attempts()).isEqualTo(3);
        assertThat(time.sleeps()).hasSize(2);
    }

    @Test
    void of_policyThatJudgesValuesByCode_isRefused() {
        RetryPolicy byResult = RetryPolicy.builder()
                .retryOnResult(HttpResponse.class, response -> response.statusCode() == 404)
                .build();
        RetryPolicy byClassifier =
                RetryPolicy.builder().classifier(outcome -> Verdict.accept()).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryingHttpClient.of(PLAIN, Retry.of(byResult)))
                .withMessageContaining("retry-on");
        assertThatIllegalArgumentException().isThrownBy(() -> RetryingHttpClient.of(PLAIN, Retry.of(byClassifier)));
    }
}
